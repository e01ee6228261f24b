import type { Terminal } from '../src/index.ts'

export interface RecordingTerminal extends Terminal {
  written: { out: string; err: string }
}

/** A terminal that keeps what is written. Default: nobody sits at it, so nobody answers. */
export function recordingTerminal(given: Partial<Terminal> = {}): RecordingTerminal {
  const written = { out: '', err: '' }
  return {
    written,
    isInteractive: false,
    columns: 80,
    out: (text) => {
      written.out += text
    },
    err: (text) => {
      written.err += text
    },
    progress: () => {},
    ask: async () => undefined,
    interrupted: () => new Promise(() => {}),
    ...given,
  }
}
