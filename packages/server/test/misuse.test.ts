import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from './runCommand.ts'

const NAME = 'voicemode-telemetry-server'

/** Each command's words and options, as its help lists them; the server itself has no name. */
const COMMANDS: Record<string, { words?: string; options: string[] }> = {
  '': {
    options: [
      ...['--host HOST', '--port PORT', '--database URL', '--retention-days DAYS'],
      ...['--events-per-id-per-hour N', '--events-per-address-per-hour N', '--trusted-proxy CIDR[,…]'],
      ...['--operator NAME', '--contact CONTACT', '--hosting HOSTING', '--json'],
    ],
  },
  doctor: { options: ['--database URL', '--url URL', '--json'] },
  backup: { words: 'FILE', options: ['--database URL', '--force', '--json'] },
  restore: { words: 'FILE', options: ['--database URL', '--force', '--json'] },
  report: {
    words: '[list | hold WEEK | release WEEK | make WEEK]',
    options: ['--url URL', '--json'],
  },
  move: { options: ['--from URL', '--to URL', '--json'] },
}

const DATABASE = '--database must be written sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME'
const WEEK = 'say list, or one of hold, release and make with a WEEK, as 2026-W47'
const URL_FORM = '--url takes a URL that begins with http:// or https://'

/** What is wrong with a command line, by the line. FOLDER is a folder that holds `file.db`, and must hold nothing else afterwards. */
const MISUSES: Record<string, string[]> = {
  docter: ['no such command: docter. Did you mean doctor?'],
  'help serve': ['no such command: serve.'],
  'FOLDER/file.db': ['no such command.'],
  '--prot 80': ['no such option: --prot. Did you mean --port?'],
  '--retention 7': ['no such option: --retention.'],
  '-p 80': ['no such option: --p.'],
  '--token=canary': ['no such option: --token.'],
  '--s3cret=canary': ['no such option.'],
  '--force': ['no such option: --force.'],
  '--port 80 canary': ['only options can follow.'],
  '--json=canary': ['--json takes no value.'],
  '--host': ['--host needs a value: --host HOST.'],
  '--host=': ['--host must be an IP address or a host name.'],
  '--host canary/': ['--host must be an IP address or a host name.'],
  '--port --json': ['--port needs a value: --port PORT.'],
  '--port 65536': ['--port must be a whole number from 0 to 65535.'],
  '--port=-1': ['--port must be a whole number from 0 to 65535.'],
  '--database FOLDER/file.db': [`${DATABASE}.`],
  '--database sqlite:': [`${DATABASE}.`],
  '--retention-days 0': ['--retention-days must be a whole number from 1 to 90.'],
  '--retention-days 91': ['--retention-days must be a whole number from 1 to 90.'],
  '--events-per-id-per-hour 1e3': ['--events-per-id-per-hour must be a whole number from 1 to 1000000000.'],
  '--events-per-address-per-hour 0': [
    '--events-per-address-per-hour must be a whole number from 1 to 1000000000.',
  ],
  '--trusted-proxy canary': ['--trusted-proxy must be IP addresses or ranges, as 127.0.0.1,10.0.0.0/8.'],
  '--host 0.0.0.0': [
    '--host must be a loopback address, as 127.0.0.1, unless TELEMETRY_ADMIN_TOKEN is set: without a token anyone who reaches the server sees the dashboard.',
  ],
  '--port canary --retention-days canary': [
    '--port must be a whole number from 0 to 65535.',
    '--retention-days must be a whole number from 1 to 90.',
  ],
  'doctor canary': ['only options can follow.'],
  'doctor --fix': ['no such option: --fix.'],
  'doctor --port 80': ['no such option: --port.'],
  'doctor --database none': [`${DATABASE}.`],
  'doctor --url': ['--url needs a value: --url URL.'],
  'doctor --url canary': [`${URL_FORM}.`],
  backup: ['a word is missing: FILE.'],
  'backup FOLDER/a.db FOLDER/b.db': ['there are too many words.'],
  'backup FOLDER/a.db --froce': ['no such option: --froce. Did you mean --force?'],
  'backup FOLDER/a.db --force=yes': ['--force takes no value.'],
  'backup FOLDER/a.db --database': ['--database needs a value: --database URL.'],
  'backup FOLDER/a.db --database FOLDER/file.db': [`${DATABASE}.`],
  'backup FOLDER/a.db --database postgres://127.0.0.1/canary': [
    'this command is for SQLite; use the tools of your database.',
  ],
  restore: ['a word is missing: FILE.'],
  'restore FOLDER/file.db FOLDER/b.db': ['there are too many words.'],
  'restore FOLDER/file.db --to FOLDER/b.db': ['no such option: --to.'],
  'restore FOLDER/file.db --database canary': [`${DATABASE}.`],
  'restore FOLDER/file.db --database postgres://127.0.0.1/canary': [
    'this command is for SQLite; use the tools of your database.',
  ],
  'report canary': [`${WEEK}.`],
  'report hold': [`${WEEK}.`],
  'report hold 2026-W60': [`${WEEK}.`],
  'report list 2026-W47': [`${WEEK}.`],
  'report hold 2026-W47 2026-W48': ['there are too many words.'],
  'report --force': ['no such option: --force.'],
  'report --url ftp://canary': [`${URL_FORM}.`],
  'report make 2026-W47 --url http://canary.invalid': [
    'the token would be read by everyone on the way: give a URL with https.',
  ],
  move: ['--from must be written sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME.'],
  'move canary': [
    'only options can follow.',
    '--from must be written sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME.',
  ],
  'move --from sqlite:FOLDER/file.db --to canary': [
    '--to must be written sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME.',
  ],
  'move --form sqlite:FOLDER/file.db': [
    'no such option: --form. Did you mean --from?',
    '--from must be written sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME.',
  ],
}

/** Command lines that are right and can't be followed, and what is said then. */
const IN_VAIN: Record<string, string> = {
  'backup FOLDER/a.db --database sqlite:FOLDER/none.db': 'The database is not there: nothing was written',
  'backup FOLDER/a.db --database sqlite:FOLDER/file.db':
    'The database is no database of this server: nothing was written',
  'backup FOLDER/file.db': 'FILE exists: name another, or add --force to replace it',
  'restore FOLDER/none.db': 'FILE is not there: nothing was changed',
  'restore FOLDER/file.db': 'FILE is no database of this server: nothing was changed',
  'move --from sqlite:FOLDER/none.db --to sqlite:FOLDER/new.db':
    'The database to copy is not there: name it with --from',
  'report hold 2026-W47 --url https://canary.invalid':
    'The server cannot be reached (unreachable, ECONNREFUSED): is it running, and is --url right?',
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'misuse-'))
  writeFileSync(join(folder, 'file.db'), 'no database')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs a command line with a database that is not there yet, and a token. @returns what came of it, after nothing is found changed. */
async function runInVain(line: string, columns = 80) {
  const before = contentsOf(folder)
  const asked: string[] = []
  const fetch = async (url: unknown) => {
    asked.push(String(url))
    throw new TypeError('nobody is asked here', {
      cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }),
    })
  }
  const args = line
    .split(' ')
    .filter(Boolean)
    .map((word) => word.replace('FOLDER', folder))
  const needsNoToken = /--host (0|canary)|--host=/.test(line)
  const env = {
    TELEMETRY_DATABASE: `sqlite:${join(folder, 'none.db')}`,
    ...(!needsNoToken && { TELEMETRY_ADMIN_TOKEN: '0123456789abcdef0123456789abcdef' }),
  }
  const done = await runCommand(args, env, { fetch, columns })
  expect(contentsOf(folder)).toEqual(before)
  expect(done.stdout + done.stderr).not.toMatch(/canary|0123|misuse-/)
  return { ...done, asked }
}

/** Every file with its bytes and its time. */
function contentsOf(path: string): string[] {
  return readdirSync(path).map(
    (name) => `${name} ${statSync(join(path, name)).mtimeMs} ${readFileSync(join(path, name), 'latin1')}`,
  )
}

describe.each(Object.entries(COMMANDS))(`${NAME} %s`, (command, { words, options }) => {
  test('tells its use and every option, within the width of the terminal', async () => {
    const { exitCode, stdout, stderr } = await runInVain(`${command} --help`)
    expect([exitCode, stderr]).toEqual([0, ''])
    const usage = [NAME, command, words, '[options]'].filter(Boolean).join(' ')
    expect(stdout.replace(/\s+/g, ' ')).toContain(`Usage: ${usage} `)
    const listed = stdout.match(/^ {2}--[\w-]+(?: [A-Z]\S*)?(?= {2}|$)/gm) ?? []
    expect(listed.map((option) => option.trim())).toEqual(options)
    expect((await runInVain(`help ${command}`)).stdout).toBe(stdout)
    const narrow = (await runInVain(`${command} --help`, 40)).stdout.split('\nExamples:')[0] ?? ''
    // A word that is longer than a line stays whole.
    expect(narrow.split('\n').filter((line) => line.length > 40 && /\S\s+\S/.test(line))).toEqual([])
    expect(stdout).toContain(`\nExamples:\n  ${NAME} `)
  })

  test('names an option that it does not have', async () => {
    const { exitCode, stdout, stderr, served } = await runInVain(`${command} --nothing`)
    expect([exitCode, stdout, served]).toEqual([2, '', []])
    expect(stderr).toMatch(/: no such option: --nothing\.\n/)
  })
})

test.each(Object.entries(MISUSES))('%s is refused by name, and nothing is done', async (line, problems) => {
  const [command = ''] = line.split(' ')
  const name = command in COMMANDS ? `${NAME} ${command}` : NAME
  expect(await runInVain(line)).toEqual({
    exitCode: 2,
    served: [],
    stdout: '',
    stderr: `${problems.map((problem) => `${NAME}: ${problem}\n`).join('')}See: ${name} --help\n`,
    asked: [],
  })
})

test.each(Object.entries(IN_VAIN))('%s says what is missing, and changes nothing', async (line, message) => {
  const { exitCode, stdout, stderr, served } = await runInVain(line)
  expect([exitCode, stdout, stderr, served]).toEqual([1, '', `${message}\n`, []])
})

test('without a database in the settings, move names both ways to say where to', async () => {
  expect(await runCommand(['move', '--from', 'sqlite:none.db'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(`${NAME}: --to, or else TELEMETRY_DATABASE, must be written sqlite:PATH`),
  })
})

test('the version is printed whatever else is on the line', async () => {
  for (const line of ['--version', 'backup --version', '--version --prot 80'])
    expect(await runInVain(line)).toMatchObject({ exitCode: 0, stdout: '1.2.3\n', stderr: '' })
})
