import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LONG_AGO, useOn } from '../packages/client/test/homes.ts'
import { Home, USED_DAY } from '../packages/client/test/logs.ts'
import { Receiver } from '../packages/client/test/receiver.ts'
import { programInTerminal } from '../packages/client/test/terminal.ts'

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** A start of VoiceMode, and what it goes on with. */
const PROGRAM = `
import sys, threading, voicemode_telemetry
result = voicemode_telemetry.run(*sys.argv[1:]) if sys.argv[1:] else voicemode_telemetry.start()
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join()
print("VoiceMode goes on", result)
`

let home: Home
let python: string
let program: string
const inHome = (path: string) => join(home.path, path)

beforeAll(() => {
  home = new Home()
  python = findPython()
  program = inHome('program.py')
  writeFileSync(program, PROGRAM)
  execFileSync(process.execPath, [fromRoot('scripts/build.ts'), inHome('client')])
  for (const folder of ['installed', 'old', 'no-node', 'nothing']) mkdirSync(inHome(folder))
  for (const folder of ['installed', 'old']) symlinkSync(process.execPath, inHome(`${folder}/node`))
  for (const folder of ['installed', 'no-node'])
    symlinkSync(inHome('client/start.js'), inHome(`${folder}/voicemode-telemetry`))
  // Any Node is too old for a program that asks for a later one.
  const start = readFileSync(inHome('client/start.js'), 'utf8')
    .replaceAll('22', '999')
    .replaceAll('24', '1001')
  writeFileSync(inHome('old/voicemode-telemetry'), start, { mode: 0o755 })
})
afterAll(() => home[Symbol.dispose]())

function findPython(): string {
  try {
    return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()
  } catch {
    throw new Error('This test needs Python 3.10 or later: install python3')
  }
}

/** @param bin the folder with what is installed. */
function environment(bin: string, endpoint = '') {
  return {
    HOME: home.path,
    PATH: [inHome(bin), ...(bin === 'installed' ? ['/usr/bin', '/bin'] : [])].join(':'),
    PYTHONPATH: fromRoot('examples'),
    PYTHONDONTWRITEBYTECODE: '1',
    VOICEMODE_TELEMETRY_ENDPOINT: endpoint,
  }
}

function runPython(bin: string, args: string[] = [], endpoint?: string) {
  const env = environment(bin, endpoint)
  const { stdout, stderr } = spawnSync(python, [program, ...args], { cwd: home.path, env, encoding: 'utf8' })
  return { stdout, stderr }
}

test('VoiceMode asks at a terminal, sends in the background, and passes status and a no on', async () => {
  await using receiver = await Receiver.start()
  useOn(home, [USED_DAY])
  const arrival = receiver.nextRequest()
  const session = programInTerminal(home, [python, program], {
    env: {
      ...environment('installed', receiver.url),
      // The yes is from long ago, so that a day that is over can be sent. A process in the background has the machine's clock.
      NODE_OPTIONS: `--import=${fromRoot('packages/server/test/shiftedClock.mjs')}`,
      CLOCK_AHEAD_MS: String(LONG_AGO - Date.now()),
    },
  })
  await session.sees('May VoiceMode send usage counts?')
  await session.sees('d (details)')
  session.type('y\n')
  await session.sees('VoiceMode goes on None')
  expect((await session.ends()).code).toBe(0)
  await arrival
  expect(JSON.parse(String(receiver.bodies[0]))).toMatchObject({ timestamp: `${USED_DAY}T00:00:00+00:00` })

  // It waits for the process in the background.
  expect(runPython('installed', ['send'], receiver.url).stdout).toContain('Nothing to send now')
  const status = runPython('installed', ['status'], receiver.url)
  expect(status.stdout).toMatch(/^Telemetry +on: you said yes/)
  expect(status.stdout).toMatch(new RegExp(`^Last sent +the event of ${USED_DAY}`, 'm'))
  expect(status.stdout).toContain('VoiceMode goes on 0')

  expect(runPython('installed', ['disable'], receiver.url).stdout).toContain('VoiceMode goes on 0')
  expect(runPython('installed', [], receiver.url)).toEqual({ stdout: 'VoiceMode goes on None\n', stderr: '' })
  expect(receiver.bodies).toHaveLength(1)
})

test('Ctrl-C at the question records nothing, and VoiceMode goes on', async () => {
  using asked = new Home()
  const env = { ...environment('installed', 'http://127.0.0.1:9'), HOME: asked.path }
  const session = programInTerminal(asked, [python, program], { env })
  await session.sees('d (details)')
  session.type('\u0003')
  await session.sees('There was no answer, so nothing is recorded.')
  await session.sees('VoiceMode goes on None')
  expect((await session.ends()).code).toBe(0)
})

test.each([
  ['nothing', 'voicemode-telemetry is not installed.'],
  ['no-node', 'Node.js is not installed.'],
  [
    'old',
    expect.stringMatching(
      /^voicemode-telemetry: this needs Node 999\.16, or 1001 or later; this is Node [\d.]+\.$/,
    ),
  ],
])('with %s installed VoiceMode goes on, and one line says why', (bin, why) => {
  const { stdout, stderr } = runPython(bin)
  expect(stdout).toBe('VoiceMode goes on None\n')
  const [line = '', ...others] = stderr.split('\n')
  expect(others).toEqual([''])
  expect(line.replace('No telemetry: ', '')).toEqual(why)
})

/** Calls the functions that the built library loads only now. */
const CALLS = `
const library = await import(process.argv[1])
const host = library.createHost({ homeDirectory: process.argv[2], isCI: false })
const yes = await library.grantConsent(host, 'command')
const granted = library.readStatus(host)
const no = await library.withdrawConsent(host, 'command')
console.log(JSON.stringify([
  Object.keys(library).sort(),
  yes,
  [granted.state, granted.log_folders, library.readStatus(host).state],
  [no.decision, library.describeWithdrawal(no), library.describeVoidYes(host, 'too fast')],
  [library.environmentInfo(host), new library.TelemetryCollector(host).collectEnvironmentData()],
  [library.renderFullNotice(), library.describeAdded(['usage.total_sessions'])],
]))`

test('the built library has what its sources have, and answers the same', () => {
  const answers = ['client/index.js', fromRoot('packages/client/src/index.ts')].map((path) => {
    const homeDirectory = inHome('library')
    rmSync(homeDirectory, { recursive: true, force: true })
    const url = pathToFileURL(resolve(home.path, path)).href
    const args = ['--input-type=module', '--eval', CALLS, url, homeDirectory]
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
  })
  expect(answers[0]).toEqual(answers[1])
  expect(answers[0][1]).toMatchObject({ state: 'granted' })
})

/** A program that goes on while its library's package is removed, or replaced by a newer one. */
const WITHOUT_FILES = `
import { renameSync } from 'node:fs'
const [folder, homeDirectory] = process.argv.slice(1)
const library = await import(folder + '/index.js')
renameSync(folder, folder + '-removed')
const { decision, undone } = await library.withdrawConsent(library.createHost({ homeDirectory, isCI: false }), 'command')
renameSync(folder + '-removed', folder)
console.log(JSON.stringify([decision.state, undone]))`

test('a program records a no also after its library was removed from the disk', () => {
  const args = ['--input-type=module', '--eval', WITHOUT_FILES, inHome('client'), inHome('removed')]
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('["denied",[]]\n')
})
