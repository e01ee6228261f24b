import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { addDays, type Day, daysFromTo, startOfDay } from '@voicemode-telemetry/protocol'
import { createHost, sendDue } from '../../packages/client/src/index.ts'
import { makeInstallation } from './installations.ts'

const SEED = 20_261_121
/** Threads that play installations. Each waits for the disk most of the time. */
const THREADS = 4
/** Installations that a thread plays at the same time; the server shares its commits among them. */
const AT_ONCE = 8
/** A sender that runs once in so many days misses none: each run reports the last 7. */
const DAYS_BETWEEN_SENDS = 7
/** After midnight, so that the sessions of the evening before are over. */
const SEND_AFTER_MIDNIGHT_MS = 3_600_000

export interface Demo {
  folder: string
  installations: number
  firstDay: Day
  lastDay: Day
}

/** The part of a demo that one thread plays: its first installation, and every so many after it. */
export interface Part {
  demo: Demo
  serverUrl: string
  first: number
  step: number
}

/**
 * Plays every installation: writes its logs, and runs the real client on them as if it had run each week.
 *
 * @param options.onProgress told how many installations are done.
 * @returns how many events the server took. @throws when one was not taken, or the signal's reason.
 */
export async function playAll(
  demo: Demo,
  serverUrl: string,
  options: { signal: AbortSignal; onProgress: (done: number) => void },
): Promise<number> {
  options.signal.throwIfAborted()
  let done = 0
  let events = 0
  const onPlayed = (sent: number) => {
    events += sent
    options.onProgress(++done)
  }
  const parts = Array.from({ length: THREADS }, (_, first) => ({ demo, serverUrl, first, step: THREADS }))
  await Promise.all(parts.map((part) => runThread(part, options.signal, onPlayed)))
  return events
}

function runThread(part: Part, signal: AbortSignal, onPlayed: (events: number) => void): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: part })
  signal.addEventListener('abort', () => worker.terminate())
  return new Promise((resolve, reject) => {
    worker.on('message', onPlayed)
    worker.on('error', reject)
    worker.on('exit', () => (signal.aborted ? reject(signal.reason) : resolve()))
  })
}

/** @param onPlayed told for each installation how many events the server took. */
export async function playPart({ demo, serverUrl, first, step }: Part, onPlayed: (events: number) => void) {
  let next = first
  const work = async () => {
    while (next < demo.installations) {
      const index = next
      next += step
      onPlayed(await play(demo, index, serverUrl))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

async function play({ folder, firstDay, lastDay }: Demo, index: number, serverUrl: string): Promise<number> {
  const { name, environment, logs } = makeInstallation(SEED, index, firstDay, lastDay)
  const base = join(folder, name)
  for (const { path, text } of logs) {
    mkdirSync(dirname(join(base, path)), { recursive: true })
    writeFileSync(join(base, path), text)
  }
  const env = {
    VOICEMODE_BASE_DIR: base,
    VOICEMODE_TELEMETRY: 'true',
    VOICEMODE_TELEMETRY_ENDPOINT: serverUrl,
  }
  let events = 0
  for (const nowMs of sendTimes(firstDay, lastDay)) {
    const now = () => nowMs
    const host = createHost({ env, homeDirectory: base, workingDirectory: base, isCI: false, now })
    const report = await sendDue(host, { environment })
    if (report.outcome === 'withheld') throw new Error(`${name} sent nothing: ${report.why}`)
    if (report.events.some(({ outcome }) => outcome !== 'sent')) {
      throw new Error(`${name} could not deliver: ${JSON.stringify(report.events)}`)
    }
    events += report.events.length
  }
  return events
}

/** The person says yes as the first day begins: only what comes after it is reported. */
function sendTimes(firstDay: Day, lastDay: Day): number[] {
  const end = addDays(lastDay, 1)
  const sendDays = daysFromTo(firstDay, end).filter(
    (day, n) => n > 0 && (n % DAYS_BETWEEN_SENDS === 0 || day === end),
  )
  return [startOfDay(firstDay), ...sendDays.map((day) => startOfDay(day) + SEND_AFTER_MIDNIGHT_MS)]
}
