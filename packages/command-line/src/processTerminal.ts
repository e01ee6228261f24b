import { EXIT } from './exit.ts'
import type { Terminal } from './terminal.ts'

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process
  // A reader such as `head` may close the pipe, which is not an error. A full disk is one.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : EXIT.failed))
  stderr.on('error', () => {})
  let shown = false
  return {
    isInteractive: Boolean(stdin.isTTY && stdout.isTTY && stderr.isTTY),
    columns: stdout.columns ?? stderr.columns ?? 80,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    progress: (line) => {
      if (!stderr.isTTY || (line === undefined && !shown)) return
      stderr.write(`\r\u001b[K${line ?? ''}`)
      shown = line !== undefined
    },
    ask: async (question) => {
      const { createInterface } = await import('node:readline')
      const lines = createInterface({ input: stdin, output: stderr })
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
