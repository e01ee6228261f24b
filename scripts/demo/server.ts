import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url))
const WANTED_PORT = 8787
const START_TIMEOUT_MS = 15_000

export interface RunningServer {
  url: string
  /** Settles once the server's process has ended, for whatever reason. */
  ended: Promise<unknown>
  /** What it wrote so far. */
  log(): string
  stop(): Promise<void>
}

/** Starts the real server in a process of its own. @throws where it does not get ready. */
export async function startServer(folder: string): Promise<RunningServer> {
  const port = await freePort(WANTED_PORT)
  const logPath = join(folder, 'server.log')
  const logFile = openSync(logPath, 'w')
  // One machine plays hundreds of installations here, a month within a minute: the limits are lifted.
  const limits = ['--events-per-id-per-hour', '1000000', '--events-per-address-per-hour', '100000000']
  const database = `sqlite:${join(folder, 'telemetry.db')}`
  const child = spawn(
    process.execPath,
    [MAIN, '--host', '127.0.0.1', '--port', String(port), '--database', database, ...limits],
    { stdio: ['ignore', logFile, logFile], env: environmentWithout('TELEMETRY_') },
  )
  closeSync(logFile)
  const server: RunningServer = {
    url: `http://127.0.0.1:${port}`,
    ended: once(child, 'exit'),
    log: () => readFileSync(logPath, 'utf8'),
    stop: () => stop(child),
  }
  try {
    await untilReady(server, child)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** Settings meant for another server, a token say, would change this one. */
function environmentWithout(prefix: string): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith(prefix)))
}

async function untilReady(server: RunningServer, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (isRunning(child) && Date.now() < deadline) {
    const answer = await fetch(`${server.url}/healthz`).catch(() => undefined)
    if (answer?.ok) return
    await wait(50)
  }
  throw new Error(`The server did not start.\n${server.log()}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

/** The wanted port, or any free one where that is taken. */
async function freePort(wanted: number): Promise<number> {
  const probe = createServer()
  try {
    probe.listen(wanted, '127.0.0.1')
    await once(probe, 'listening')
    const address = probe.address()
    return typeof address === 'object' && address ? address.port : wanted
  } catch {
    return freePort(0)
  } finally {
    probe.close()
  }
}
