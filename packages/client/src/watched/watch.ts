import { createHook } from 'node:async_hooks'
import childProcess from 'node:child_process'
import { writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { Sighting } from '../host.ts'

/**
 * Loaded before a program (`node --import`), this counts what Node opens for the program from then on, and writes the counts as one line
 * to the file descriptor 3 when the program ends. Counts only: no address, no name.
 */

/** Node's own names for what it opens, below every function that a program can call for it. */
const KINDS: Record<string, keyof Sighting> = {
  TCPWRAP: 'sockets',
  TCPSERVERWRAP: 'sockets',
  UDPWRAP: 'sockets',
  PIPECONNECTWRAP: 'sockets',
  PIPESERVERWRAP: 'sockets',
  GETADDRINFOREQWRAP: 'lookups',
  GETNAMEINFOREQWRAP: 'lookups',
  QUERYWRAP: 'lookups',
  PROCESSWRAP: 'processes',
  // A thread is not watched, so that there is one counts.
  WORKER: 'processes',
}

const seen: Sighting = { sockets: 0, lookups: 0, processes: 0 }

createHook({
  init(_, type) {
    const kind = KINDS[type]
    if (kind) seen[kind]++
  },
}).enable()

// Node makes no resource for a process that it waits for.
for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const) {
  const start = childProcess[name] as (...args: unknown[]) => unknown
  Object.assign(childProcess, {
    [name]: (...args: unknown[]) => {
      seen.processes++
      return start(...args)
    },
  })
}
syncBuiltinESMExports()

process.on('exit', () => writeSync(3, `${JSON.stringify(seen)}\n`))
