import { EXIT } from './exit.ts'
import type { Terminal } from './terminal.ts'

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout } = process
  // A reader such as `head` may close the pipe, which is not an error. A full disk is one.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : EXIT.failed))
  // Node makes a stream when it is first asked for, so a command that needs neither this nor stdin starts faster.
  const getStderr = () => process.stderr.off('error', ignore).on('error', ignore)
  let shown = false
  return {
    get isInteractive() {
      return Boolean(stdout.isTTY && process.stderr.isTTY && process.stdin.isTTY)
    },
    get columns() {
      return stdout.columns ?? process.stderr.columns ?? 80
    },
    out: (text) => void stdout.write(text),
    err: (text) => void getStderr().write(text),
    progress: (line) => {
      const stderr = getStderr()
      if (!stderr.isTTY || (line === undefined && !shown)) return
      stderr.write(`\r\u001b[K${line ?? ''}`)
      shown = line !== undefined
    },
    ask: async (question) => {
      const { createInterface } = await import('node:readline')
      const stderr = getStderr()
      const lines = createInterface({ input: process.stdin, output: stderr })
      return new Promise((resolve) => {
        const giveUp = () => {
          stderr.write('\n')
          resolve(undefined)
        }
        lines.on('SIGINT', () => lines.close())
        lines.on('close', giveUp)
        lines.question(question, (typed) => {
          lines.off('close', giveUp)
          lines.close()
          resolve(typed)
        })
      })
    },
    interrupted: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve())
      }),
  }
}

function ignore(): void {}
