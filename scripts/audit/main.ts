import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readOptions } from '../options.ts'
import { tooTelling } from './accepted.ts'
import { measureDay, measureLinkage } from './measure.ts'
import { auditPage } from './page.ts'

const HELP = `Measures how well events hide who sent them, on made-up populations, and writes docs/privacy-audit.md.

  npm run audit:privacy                1,000 to 100,000 installations; takes some minutes
  npm run audit:privacy -- --quick     1,000 installations, to the terminal alone

Exits with 1, and writes nothing, if the environment of an event tells half a bit more than what was accepted.
`
const PAGE = fileURLToPath(new URL('../../docs/privacy-audit.md', import.meta.url))
const SEED = 1
const SIZES = [1_000, 10_000, 100_000]
const LINKED_SIZES = [1_000, 10_000]

function main(): void {
  const { quick } = readOptions(HELP, { quick: false })
  const days = SIZES.slice(0, quick ? 1 : undefined).map((size) => {
    process.stderr.write(`one day of ${size} installations …\n`)
    return measureDay(SEED, size)
  })
  const problem = days[0] && tooTelling(days[0])
  if (problem) {
    process.stderr.write(`${problem}\n`)
    process.exitCode = 1
    return
  }
  const linkages = LINKED_SIZES.slice(0, quick ? 1 : undefined).map((size) => {
    process.stderr.write(`two weeks of ${size} installations …\n`)
    return measureLinkage(SEED, size)
  })
  const page = auditPage(days, linkages)
  if (quick) process.stdout.write(page)
  else writeFileSync(PAGE, page)
}

main()
