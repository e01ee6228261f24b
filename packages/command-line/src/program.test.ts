import { expect, test } from 'vitest'
import { recordingTerminal } from '../test/recordingTerminal.ts'
import { type Command, type Program, wholeNumber } from './command.ts'
import { EXIT } from './exit.ts'
import { runProgram } from './program.ts'

/** What ran, as a line. */
type Log = string[]

const make: Command<Log> = {
  summary: 'make something',
  about: 'Makes something. It takes as long as it takes, and longer on some days than on others.',
  words: { usage: 'FILE', least: 1, most: 1 },
  options: {
    days: { takes: 'N', accepts: wholeNumber(1, 90), about: 'how many days' },
    force: { about: 'replace the file if it exists' },
    hidden: {},
  },
  json: 'print the result as JSON',
  exitCodes: '0 if it was made.',
  examples: ['tool make FILE'],
  findMisuse: ({ words }) => (words[0] === 'odd' ? ['FILE must be even'] : []),
  async run({ host, words, values, switches, json }) {
    host.push(JSON.stringify({ words, values, switches: [...switches], json }))
    if (words[0] === 'broken') throw Object.assign(new Error('/home/ann'), { code: 'EACCES' })
    if (words[0] === 'full') throw Object.assign(new Error('/home/ann'), { code: 'ENOSPC' })
    return EXIT.ok
  },
}

const tool: Program<Log> = {
  name: 'tool',
  version: '1.2.3',
  about: 'Makes things.',
  commands: { make: async () => make },
  examples: ['tool make x'],
  advice: 'Try again.',
}

const server: Program<Log> = { ...tool, main: { ...make, words: { usage: '', least: 0, most: 0 } } }

const alone: Program<Log> = { ...server, commands: {}, examples: [] }

async function run(line: string, program = tool, columns = 80) {
  const ran: Log = []
  const terminal = recordingTerminal({ columns })
  const code = await runProgram(program, line.split(' ').filter(Boolean), ran, terminal)
  return { code, ran, ...terminal.written }
}

test('a command gets its words, values and switches', async () => {
  const { code, ran } = await run('make a --days=7 --force --json')
  expect(code).toBe(EXIT.ok)
  expect(JSON.parse(ran[0] ?? '')).toEqual({
    words: ['a'],
    values: { days: '7' },
    switches: ['force', 'json'],
    json: true,
  })
})

test('a program with a main command runs it where the line names none', async () => {
  expect((await run('--days 3', server)).ran).toEqual([
    '{"words":[],"values":{"days":"3"},"switches":[],"json":false}',
  ])
})

test.each([
  ['maek a', 'no such command: maek. Did you mean make?', 'tool --help'],
  ['/home/ann', 'no such command.', 'tool --help'],
  ['--verison', 'no such option: --verison. Did you mean --version?', 'tool --help'],
  ['make a --dasy 3', 'no such option: --dasy. Did you mean --days?', 'tool make --help'],
  ['make a --hiden', 'no such option: --hiden.', 'tool make --help'],
  ['make a --s3cret=x', 'no such option.', 'tool make --help'],
  ['make a --days', '--days needs a value: --days N.', 'tool make --help'],
  ['make a --days --force', '--days needs a value: --days N.', 'tool make --help'],
  ['make a --days 91', '--days takes a whole number from 1 to 90.', 'tool make --help'],
  ['make a --days ', '--days needs a value: --days N.', 'tool make --help'],
  ['make a --force=yes', '--force takes no value.', 'tool make --help'],
  ['make', 'a word is missing: FILE.', 'tool make --help'],
  ['make a b', 'there are too many words.', 'tool make --help'],
])('nothing runs, and what is wrong is named: %s', async (line, misuse, help) => {
  expect(await run(line)).toEqual({
    code: EXIT.usage,
    ran: [],
    out: '',
    err: `tool: ${misuse}\nSee: ${help}\n`,
  })
})

test('everything that is wrong is named at once', async () => {
  const { err } = await run('make --dasy --days x')
  expect(err.split('\n')).toEqual([
    'tool: no such option: --dasy. Did you mean --days?',
    'tool: --days takes a whole number from 1 to 90.',
    'tool: a word is missing: FILE.',
    'See: tool make --help',
    '',
  ])
})

test.each(['make --help --days x', '--help --nonsense'])('help wins over what is wrong: %s', async (line) => {
  expect(await run(line)).toMatchObject({ code: EXIT.ok, err: '' })
})

test('a command may find its line wrong itself', async () => {
  const { code, ran, err } = await run('make odd --days')
  expect([code, ran]).toEqual([EXIT.usage, []])
  expect(err).toBe('tool: --days needs a value: --days N.\ntool: FILE must be even.\nSee: tool make --help\n')
})

test('an error that nobody foresaw ends the command without its message', async () => {
  expect((await run('make full')).err).toBe(
    'tool: could not finish (ENOSPC). The disk is full: free some space, and run it again.\n',
  )
  const { code, err } = await run('make broken')
  expect([code, err]).toEqual([EXIT.failed, 'tool: could not finish (EACCES). Try again.\n'])
})

test.each(['', '--help', '-h', 'help'])('"%s" shows the overview', async (line) => {
  const { code, out } = await run(line)
  expect(code).toBe(EXIT.ok)
  expect(out).toMatch(
    /^Usage: tool <command> \[options\]\n\nMakes things\.\n\nCommands:\n {2}make {2}make something\n/,
  )
})

test.each(['make --help', 'make -h', 'help make'])('"%s" shows the help of the command', async (line) => {
  const { code, ran, out } = await run(line)
  expect([code, ran]).toEqual([EXIT.ok, []])
  expect(out).toBe(`Usage: tool make FILE [options]

Makes something. It takes as long as it takes, and longer on some days than on
others.

Options:
  --days N  how many days
  --force   replace the file if it exists
  --json    print the result as JSON

Exit code: 0 if it was made.

Examples:
  tool make FILE
`)
})

test("a main command's options and exit codes stand in the overview", async () => {
  expect((await run('--help', server)).out).toMatch(
    /^Usage: tool \[options\]\n {7}tool <command> \[options\]\n.*Options:\n {2}--days N {2}how many days\n.*\nExit code: 0 if it was made\.\n\nCommands:\n/s,
  )
})

test('a program without commands takes no word and lists no command', async () => {
  expect(await run('maek', alone)).toEqual({
    code: EXIT.usage,
    ran: [],
    out: '',
    err: 'tool: only options can follow.\nSee: tool --help\n',
  })
  const { out } = await run('help', alone)
  expect(out).toMatch(/^Usage: tool \[options\]\n\n.*\nVersion: {2}tool --version\n$/s)
  expect(out).not.toMatch(/command/i)
})

test('help fits a narrow terminal', async () => {
  for (const line of ['--help', 'make --help']) {
    const { out } = await run(line, server, 40)
    expect(out.split('\n').filter(({ length }) => length > 40)).toEqual([])
  }
})

test('--version prints the version', async () => {
  expect((await run('--version')).out).toBe('1.2.3\n')
})
