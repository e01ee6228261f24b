import type { Host, LineWriter } from './host.ts'

const CONSOLE: LineWriter = { write: (line) => console.error(line), lost: () => 0 }

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
    nextTurn: () => new Promise((resolve) => setTimeout(resolve, 0)),
    giveWay: () => new Promise((resolve) => setImmediate(resolve)),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  }
}
