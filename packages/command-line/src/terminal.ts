/** What a command may use of the terminal or pipe it was started in. Nothing is coloured, so `NO_COLOR` always holds. */
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
