import { EXIT } from './exit.ts'

/** What a command may use of the terminal or pipe it was started in. */
export interface Terminal {
  /** Whether a person can be asked: input, output and the stream of notices are all a terminal. */
  isInteractive: boolean
  /** Width in characters; 80 where there is no terminal. */
  columns: number
  out(text: string): void
  /** For people: notes, progress, questions, errors. */
  err(text: string): void
  /** Shows how far something long has come, on a terminal only; a later call replaces it, `undefined` clears it. */
  progress(line: string | undefined): void
  /** Reads a line that a person types; undefined for Ctrl-C and for the end of input. */
  ask(question: string): Promise<string | undefined>
  /** Resolves when a person presses Ctrl-C, or the process is told to end; a second time ends it at once. */
  interrupted(): Promise<void>
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process
  // A reader that closes the pipe, such as `head`, is no error; a full disk is.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : EXIT.failed))
  stderr.on('error', () => {})
  let shown = false
  return {
    isInteractive: Boolean(stdin.isTTY && stdout.isTTY && stderr.isTTY),
    columns: stderr.columns ?? 80,
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
        lines.on('SIGINT', () => lines.close())
        lines.on('close', () => {
          stderr.write('\n')
          resolve(undefined)
        })
        lines.question(question, (typed) => {
          lines.removeAllListeners('close')
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
