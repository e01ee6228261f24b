import { styleText } from 'node:util'

const BAR_WIDTH = 30
const STEPS_WITHOUT_TERMINAL = 4

/** Shows how far something has come: a bar on a terminal, a few plain lines elsewhere. */
export function progressOf(label: string, total: number): (done: number) => void {
  const out = process.stdout
  let shown = 0
  return (done) => {
    const part = done / total
    const percent = `${Math.floor(part * 100)}%`.padStart(4)
    if (out.isTTY) {
      const filled = Math.floor(part * BAR_WIDTH)
      // Without colour where NO_COLOR asks for none.
      const bar = styleText('cyan', '█'.repeat(filled), { stream: out }) + '░'.repeat(BAR_WIDTH - filled)
      out.write(`\r${label.padEnd(34)} ${bar} ${percent}${done === total ? '\n' : ''}`)
    } else if (Math.floor(part * STEPS_WITHOUT_TERMINAL) > shown) {
      shown = Math.floor(part * STEPS_WITHOUT_TERMINAL)
      out.write(`${label} ${percent}\n`)
    }
  }
}
