import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { dayAt } from '../../packages/protocol/src/index.ts'
import { startServer } from '../../packages/server/test/serverProcess.ts'
import { randomOf } from '../scenes/random.ts'
import { type Answered, createConnection } from './connection.ts'
import { ADMIN_TOKEN, anyRequest, CANARY, createEvents, type FuzzRequest } from './requests.ts'

const CONNECTIONS = 16
const MEMORY_SAMPLES = 100
/** To ask for a process's memory takes some milliseconds. */
const MIN_SAMPLE_EVERY = 1000
const PROGRESS_EVERY = 50_000
const NO_LIMITS = [
  ...['--events-per-address-per-hour', '1000000000', '--events-per-id-per-hour', '1000000000'],
  ...['--trusted-proxy', '127.0.0.1'],
]

export interface Attack {
  /** A SQLite file in a folder of its own; new. */
  database: string
  seed: number
  requests: number
  /** Whether the server has an admin token; without one, whoever asks from its machine is a maintainer. */
  hasToken: boolean
  onProgress?: (done: number) => void
}

export interface Attacked {
  /** How often each status was answered; `none` where the server closed the connection without a word. */
  answers: Record<string, number>
  /** Memory of the server's process in the course of the run, in MB. */
  memoryMb: number[]
  /** What was found wrong, with the seed that makes the request again. */
  wrong: string[]
}

/** Sends requests to a server, the n-th made of the seed and n alone. */
export async function attack({ database, seed, requests, hasToken, onProgress }: Attack): Promise<Attacked> {
  const env: Record<string, string> = hasToken ? { TELEMETRY_ADMIN_TOKEN: ADMIN_TOKEN } : {}
  const server = await startServer(database, NO_LIMITS, env)
  const events = await createEvents(dayAt(Date.now()))
  const result: Attacked = { answers: {}, memoryMb: [], wrong: [] }
  const sampleEvery = Math.max(Math.ceil(requests / MEMORY_SAMPLES), MIN_SAMPLE_EVERY)
  let begun = 0
  const converse = async () => {
    const connection = createConnection(Number(new URL(server.url).port))
    while (begun < requests && server.process.exitCode === null) {
      const n = begun++
      const request = anyRequest(randomOf(seed + n), events)
      const answered = await connection.send(request)
      for (const status of answered.statuses.length > 0 ? answered.statuses : ['none']) {
        result.answers[status] = (result.answers[status] ?? 0) + 1
      }
      for (const wrong of complaintsAbout(request, answered)) result.wrong.push(`seed ${seed + n}: ${wrong}`)
      if (n % sampleEvery === 0) result.memoryMb.push(memoryOf(server.process.pid))
      if ((n + 1) % PROGRESS_EVERY === 0) onProgress?.(n + 1)
    }
    connection.end()
  }
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, converse))
    if (!(await fetch(`${server.url}/healthz`)).ok) result.wrong.push('the server is not well afterwards')
  } finally {
    if ((await server.end()) !== 0) result.wrong.push('the server did not stop in order')
  }
  const folder = dirname(database)
  const kept = globSync('*', { cwd: folder }).map((name) => readFileSync(join(folder, name), 'latin1'))
  if (kept.some((text) => text.includes(CANARY))) result.wrong.push('something made up is in the database')
  const log = server.output()
  if (log.includes(CANARY) || log.includes('"level":"error"'))
    result.wrong.push(`its log: ${log.slice(0, 2000)}`)
  return result
}

/** What an answer may not be. */
function complaintsAbout({ bytes, isBroken }: FuzzRequest, { text, statuses, isSilent }: Answered): string[] {
  const shown = JSON.stringify(text.slice(0, 300))
  const complaints: string[] = []
  if (statuses.some((status) => status >= 500)) complaints.push(`answered ${shown}`)
  if (isSilent) complaints.push('neither answered nor closed')
  if (!isBroken && statuses.length === 0) complaints.push('no answer')
  const echoes = text.includes(CANARY) || text.includes(CANARY.toUpperCase())
  if (echoes && !carriesQueryOn(bytes, text)) complaints.push(`echoed ${shown}`)
  return complaints
}

/** The way to the dashboard, over the sign-in, keeps the query of its page URL, which says what is to be shown there. */
function carriesQueryOn(request: Buffer, answer: string): boolean {
  const [, query] = /^\S+ \S*?\?(\S*)/.exec(request.toString('latin1')) ?? []
  return (
    query?.toLowerCase().includes(CANARY) === true &&
    /\r\nlocation: \/|(action|href)="\/(sign-in)?\?/i.test(answer)
  )
}

/** In MB; 0 where the system has no `ps`. */
function memoryOf(pid: number | undefined): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })
  return Math.round(Number(stdout) / 1024) || 0
}
