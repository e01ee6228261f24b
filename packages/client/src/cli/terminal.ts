/** What a command may use of the terminal or pipe it was started in. */
export interface Terminal {
  /** Whether a person can be asked: both input and output are a terminal. */
  isInteractive: boolean
  out(text: string): void
  /** For people: notes, progress, errors. */
  err(text: string): void
  /** Shows how far something long has come, on a terminal only; a later call replaces it, `undefined` clears it. */
  progress(line: string | undefined): void
  /** Asks for a yes or a no; undefined for no clear answer. */
  confirm(question: string): Promise<boolean | undefined>
}

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process
  // A reader that closes the pipe, such as `head`, is no error.
  stdout.on('error', () => {})
  stderr.on('error', () => {})
  let shown = false
  return {
    isInteractive: Boolean(stdin.isTTY && stdout.isTTY),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    progress: (line) => {
      if (!stderr.isTTY || (line === undefined && !shown)) return
      stderr.write(`\r\u001b[K${line ?? ''}`)
      shown = line !== undefined
    },
    confirm: async (question) => {
      const { confirm, isCancel } = await import('@clack/prompts')
      const answer = await confirm({ message: question, initialValue: false })
      return isCancel(answer) ? undefined : answer
    },
  }
}
