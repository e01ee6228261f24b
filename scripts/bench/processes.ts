import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A process of a bench that listens. */
export interface Listening {
  url: string
  pid: number
  end(): Promise<void>
}

/** What `load.ts` prints. */
export interface Load {
  perSecond: number
  p99Ms: number
  answers: Record<string, number>
}

const hasTaskset = spawnSync('taskset', ['--version']).status === 0

/** Runs one of the project's programs. @param core the only core it may use, where the system can do that. */
function start(program: string, args: readonly string[], core?: number): ChildProcess {
  const path = fileURLToPath(new URL(program, import.meta.url))
  const command = [process.execPath, path, ...args]
  const [name = '', ...rest] =
    core === undefined || !hasTaskset ? command : ['taskset', '-c', `${core}`, ...command]
  return spawn(name, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** As {@link start}, of a program that prints `{"url": …}` when it listens. */
export async function startListening(
  program: string,
  args: readonly string[],
  core?: number,
): Promise<Listening> {
  const child = start(program, args, core)
  const closed = once(child, 'close')
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (chunk) => resolve(JSON.parse(String(chunk)).url))
    closed.then(() => reject(new Error(`${program} ended`)))
  })
  return {
    url,
    pid: child.pid ?? 0,
    async end() {
      child.kill()
      await closed
    },
  }
}

/** Runs a program to its end. @returns what it printed, as JSON. */
async function resultOf<Result>(program: string, args: readonly string[], core?: number): Promise<Result> {
  const child = start(program, args, core)
  let written = ''
  child.stdout?.on('data', (chunk) => {
    written += chunk
  })
  await once(child, 'close')
  return JSON.parse(written)
}

/**
 * Sends events over so many connections for so many seconds.
 *
 * @param days the events are of so many days, the last one yesterday.
 * @throws where one is not taken.
 */
export async function loadOf(
  url: string,
  connections: number,
  seconds: number,
  days = 1,
  core?: number,
): Promise<Load> {
  const measured = await resultOf<Load>('./load.ts', [url, ...[connections, seconds, days].map(String)], core)
  const others = Object.keys(measured.answers).filter((status) => status !== '200')
  if (others.length > 0) throw new Error(`answered ${others.join(', ')}`)
  return measured
}

/** How many bytes a process has had written to disk so far; undefined where the system doesn't tell. */
export function bytesWrittenBy(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  const text = execFileSync('cat', [`/proc/${pid}/io`], { encoding: 'utf8' })
  return Number(/^write_bytes: (\d+)$/m.exec(text)?.[1])
}

/** How much processor time a process has used so far, in hundredths of a second; undefined where the system doesn't tell. */
export function processorTimeOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [user, system] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return Number(user) + Number(system)
}
