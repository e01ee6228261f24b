import { expect, test } from 'vitest'
import type { Command, Program } from './command.ts'
import { EXIT } from './exit.ts'
import { renderManPage } from './manPage.ts'

const make: Command<undefined> = {
  summary: 'make a thing',
  about: `Writes it to\n.things, with a \\ in its name. ${'It takes long. '.repeat(10)}`,
  words: { usage: 'FILE', least: 1, most: 1 },
  options: { days: { takes: 'N', about: "'N' days" }, hidden: {} },
  json: 'print it as JSON',
  exitCodes: '0 if it was made.',
  examples: ['tool make x'],
  run: async () => EXIT.ok,
}

const tool: Program<undefined> = {
  name: 'a-tool',
  version: '1.2.3',
  about: 'Makes things.',
  commands: { make: async () => make },
  examples: ['a-tool --help'],
  advice: '',
}

const MACROS = /^\.(TH|SH|SS|PP|TP|B|nf|fi|br)\b/

test('the manual page has each command with what its help says, and no text that roff takes for a command', async () => {
  const page = await renderManPage(tool)
  const lines = page.trim().split('\n')
  expect(lines.filter((line) => /^[.']/.test(line) && !MACROS.test(line))).toEqual([])
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  for (const told of [
    'a\\-tool \\- Makes things',
    '.SS make FILE',
    '\\&.things, with a \\e in',
    '.B \\-\\-days \\fIN\\fR',
    "\\&'N' days",
    'Exit code: 0 if it was made.',
  ])
    expect(page).toContain(told)
  expect(page).not.toContain('hidden')
})
