import type { Host, LineWriter } from './host.ts'

const CONSOLE: LineWriter = { write: (line) => console.error(line), lost: () => 0 }

/** A timer waits a millisecond at least. */
const endTurn: (run: () => void) => unknown = globalThis.setImmediate ?? setTimeout

/** The world of a process of Node, or of a Worker. An incident is logged as one line of JSON. */
export function createHost(lines: LineWriter = CONSOLE): Host {
  return {
    now: Date.now,
    log({ level, event, kind, code, step, day, week, n }) {
      const time = new Date().toISOString()
      lines.write(JSON.stringify({ time, level, event, kind, code, step, day, week, n }))
    },
    logLinesLost: lines.lost,
    after(ms, run) {
      const timer: { unref?: () => void } | number = setTimeout(run, ms)
      if (typeof timer === 'object') timer.unref?.()
    },
    nextTurn: () => new Promise((resolve) => endTurn(resolve)),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  }
}
