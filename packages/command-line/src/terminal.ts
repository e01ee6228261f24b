/** The terminal or pipe that a command was started in. Nothing is ever coloured, with or without `NO_COLOR`. */
export interface Terminal {
  /** Whether a person can be asked: input, output and the stream of notices are all a terminal. */
  isInteractive: boolean
  /** Width in characters; 80 where there is no terminal. */
  columns: number
  out(text: string): void
  /** For people: notes, progress, questions, errors. */
  err(text: string): void
  /** Shows the progress of something long, on a terminal only. Each call replaces the line, and `undefined` clears it. */
  progress(line: string | undefined): void
  /** Reads a line that a person types; undefined after Ctrl-C or at the end of input. */
  ask(question: string): Promise<string | undefined>
  /** Resolves when a person presses Ctrl-C, the terminal is closed or the process is told to end. The second time, the process ends at once. */
  interrupted(): Promise<void>
}
