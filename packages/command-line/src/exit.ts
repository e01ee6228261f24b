/** How a command ended, as the shell sees it. */
export const EXIT = {
  ok: 0,
  /** It could not do what was asked, and said why. */
  failed: 1,
  /** The command line was wrong, and nothing was done. */
  usage: 2,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
