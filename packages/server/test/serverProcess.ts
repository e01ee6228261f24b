import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export interface ServerProcess {
  /** As `http://127.0.0.1:40001`. */
  url: string
  process: ChildProcess
  /** What it has written to stdout and stderr. */
  output(): string
  /** Sends a signal and waits for the end. @returns the exit code; null where the signal ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/**
 * Starts a real server on a free port.
 *
 * @param database a SQLite file, or the address of a PostgreSQL database.
 * @throws what it wrote, where it ends before it listens.
 */
export async function startServer(
  database: string,
  flags: string[] = [],
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  return whenListening(spawnServer(database, flags, env))
}

/** Starts a server on a free port, which {@link whenListening} waits for. Arguments as of {@link startServer}. */
export function spawnServer(database: string, flags: string[] = [], env: Record<string, string> = {}) {
  return runServer(['--port', '0', '--json', ...flags], {
    TELEMETRY_DATABASE: database.startsWith('postgres:') ? database : `sqlite:${database}`,
    ...env,
  })
}

/** @throws what the server wrote, where it ends before it listens. */
export async function whenListening(child: ChildProcess): Promise<ServerProcess> {
  let written = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      written += chunk
      const [, found] = /^\{"url":"(.*)"\}$/m.exec(written) ?? []
      if (found) resolve(found)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('close', () => reject(new Error(written)))
  })
  return {
    url,
    process: child,
    output: () => written,
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        const closed = once(child, 'close')
        child.kill(signal)
        await closed
      }
      return child.exitCode
    },
  }
}

/** Starts the command with these arguments. */
export function runServer(args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '', ...env },
  })
}
