import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dayAt } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { readDecision, readReceipt, readTelemetryId } from '../src/consent/record.ts'
import { run } from './commandLine.ts'
import { exchangeLine, Home } from './logs.ts'
import { inTerminal } from './terminal.ts'

const PROMPT = 'y / N / p (preview) / d (details) '
const ENDPOINT = 'VOICEMODE_TELEMETRY_ENDPOINT=https://stats.example.org'
const SETTINGS = `# VoiceMode\r\n# VOICEMODE_TELEMETRY=ask\r\n${ENDPOINT}\r\nVOICEMODE_VOICE="af_sky"`

function freshHome(): Home {
  const home = new Home()
  home.write('.voicemode/voicemode.env', SETTINGS)
  return home
}

function settingsOf(home: Home): string {
  return readFileSync(join(home.base, 'voicemode.env'), 'utf8')
}

test('a person is asked, looks at every word and at the own numbers, says yes, and is not asked again', async () => {
  using home = freshHome()
  const today = dayAt(Date.now())
  const at = new Date(Date.now() - 3_600_000).toISOString()
  home.writeLogs({
    conversations: new Map([[`exchanges_${today}.jsonl`, [exchangeLine({ at })]]]),
    events: new Map(),
  })
  const session = inTerminal(home, ['ask'])
  await session.sees('stats.example.org, and whoever runs that server')
  await session.sees(PROMPT)
  session.type('d\r')
  await session.sees('Kinds of error: counts of FileNotFoundError')
  await session.sees('it sees the IP address')
  await session.sees('May VoiceMode send usage counts?')
  await session.sees('Enter alone means no')
  await session.sees(PROMPT)
  session.type('p\r')
  await session.sees('byte for byte')
  await session.sees('"telemetry_id": "00000000-0000-0000-0000-000000000000"')
  await session.sees('it is not sent')
  await session.sees('The ids are placeholders.')
  await session.sees(PROMPT)
  session.type('y\r')
  await session.sees('Thank you.')
  expect((await session.ends()).code).toBe(0)
  expect(settingsOf(home)).toBe(SETTINGS.replace('# VOICEMODE_TELEMETRY=ask', 'VOICEMODE_TELEMETRY=true'))
  expect(readReceipt(home.host())).toMatchObject({ decision: 'granted', channel: 'prompt' })
  expect(readTelemetryId(home.host())).toBeDefined()
  const again = await inTerminal(home, ['ask']).ends()
  expect(again).toEqual({ code: 0, screen: '' })
})

test.each([
  ['n', 'n\r'],
  ['Enter alone', '\r'],
])('%s is a no, which is final', async (_, keys) => {
  using home = freshHome()
  const session = inTerminal(home, ['ask'])
  await session.sees(PROMPT)
  session.type(keys)
  await session.sees('will not be asked again')
  await session.ends()
  expect(settingsOf(home)).toMatch(/VOICEMODE_TELEMETRY=false/)
  expect(readReceipt(home.host())).toMatchObject({ decision: 'denied', channel: 'prompt' })
  writeFileSync(join(home.base, 'voicemode.env'), ENDPOINT)
  expect((await inTerminal(home, ['ask']).ends()).screen).toBe('')
})

describe('nothing is recorded', () => {
  test.each([
    ['of Ctrl-C', '\u0003'],
    ['of the end of input', '\u0004'],
  ])('%s', async (_, keys) => {
    using home = freshHome()
    const session = inTerminal(home, ['ask'])
    await session.sees(PROMPT)
    session.type(keys)
    await session.ends()
    expect(settingsOf(home)).toBe(SETTINGS)
    expect(readReceipt(home.host())).toBeUndefined()
    const next = inTerminal(home, ['ask'])
    await next.sees(PROMPT)
    next.type('n\r')
    await next.ends()
  })

  test('of a terminal that is closed', async () => {
    using home = freshHome()
    const session = inTerminal(home, ['ask'])
    await session.sees(PROMPT)
    session.hangUp()
    await session.ends()
    expect(settingsOf(home)).toBe(SETTINGS)
    expect(readReceipt(home.host())).toBeUndefined()
  })
})

test('enable names at once all that is missing', async () => {
  using home = new Home()
  const { code, stderr } = await run(home, ['enable'])
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^Nothing changed\..*ENDPOINT is not set.*voicemode\.env\. Only a person at a terminal/,
  )
})

test('another server asks again and names both; the old one does not', async () => {
  using home = freshHome()
  const first = inTerminal(home, ['ask'])
  await first.sees(PROMPT)
  first.type('y\r')
  await first.ends()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: 'https://other.example.org' }
  const receipt = readReceipt(home.host())
  expect(receipt).toMatchObject({ recipient: 'stats.example.org' })
  expect((await run(home, ['send'], env)).stdout.toString()).toMatch(
    /^Nothing sent: your yes was not to the server/,
  )
  expect((await run(home, ['status'], env)).stdout.toString()).toMatch(
    /^Answered .*, for stats\.example\.org$/m,
  )
  const session = inTerminal(home, ['ask'], { env })
  await session.sees('You said yes to stats.example.org. Sending is paused: another server is set.')
  await session.sees('other.example.org, and whoever runs that server')
  await session.sees(PROMPT)
  session.type('\u0003')
  await session.ends()
  expect(readDecision(home.host({ env })).decidedBy).toBe('another server')
  expect(readDecision(home.host()).state).toBe('granted')
  // A name that would write to the screen makes no receipt.
  const path = join(home.base, 'telemetry_consent.json')
  writeFileSync(path, JSON.stringify({ ...receipt, recipient: 'a\u001b[2J' }))
  expect(readReceipt(home.host())).toBeUndefined()
})

test.each(['ask', 'enable'])('without a terminal %s neither blocks nor records', async (command) => {
  using home = freshHome()
  const { code, stdout, stderr } = await run(home, [command])
  expect(stdout.toString()).toBe('')
  if (command === 'ask') expect([code, stderr]).toEqual([0, ''])
  else expect(stderr).toMatch(/Only a person at a terminal/)
  expect(settingsOf(home)).toBe(SETTINGS)
  expect(existsSync(join(home.base, 'telemetry_consent.json'))).toBe(false)
})

test('a wider notice asks again and shows only the difference', async () => {
  using home = freshHome()
  const first = inTerminal(home, ['ask'])
  await first.sees(PROMPT)
  first.type('y\r')
  await first.ends()
  const path = join(home.base, 'telemetry_consent.json')
  const receipt = readReceipt(home.host())
  const fields = receipt?.fields.filter(
    (term) => term !== 'environment.mcp_host=zed' && !term.startsWith('usage.error_types'),
  )
  writeFileSync(path, JSON.stringify({ ...receipt, fields }))
  expect(readDecision(home.host())).toMatchObject({ state: 'unset', decidedBy: 'wider notice' })
  const session = inTerminal(home, ['ask'])
  await session.sees('new fields were added to the summary')
  await session.sees('+ Assistant: the word "zed"')
  await session.sees('+ Kinds of error. Shows which errors to fix first.')
  await session.sees(PROMPT)
  session.type('y\r')
  const { screen } = await session.ends()
  expect(screen).not.toMatch(/Operating system/)
  expect(readDecision(home.host()).state).toBe('granted')
})

test('enable under a no that stands above says so plainly', async () => {
  using home = freshHome()
  const session = inTerminal(home, ['enable'], { env: { DO_NOT_TRACK: '1' } })
  await session.sees(PROMPT)
  session.type('y\r')
  await session.sees('a no overrides it: you said no (DO_NOT_TRACK in the')
  await session.ends()
})

test('where no server is set nobody is asked, and enable says so', async () => {
  using home = new Home()
  expect(await inTerminal(home, ['ask']).ends()).toEqual({ code: 0, screen: '' })
  const { code, screen } = await inTerminal(home, ['enable']).ends()
  expect([code, screen]).toEqual([1, expect.stringContaining('VOICEMODE_TELEMETRY_ENDPOINT is not set')])
  expect(existsSync(home.base)).toBe(false)
})

/** What a screen shows, line by line. Readline moves the cursor to the start of its own line. */
function linesOf(screen: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that readline writes
  return screen.split(/\r*\n/).map((line) => line.replace(/\u001b\[\d*[GJ]/g, ''))
}

test('at 80 columns the question takes ten lines at most', async () => {
  using home = freshHome()
  const session = inTerminal(home, ['ask'])
  await session.sees(PROMPT)
  session.hangUp()
  const lines = linesOf((await session.ends()).screen)
  expect(lines.length).toBeLessThanOrEqual(10)
  expect(lines.join('\n')).toMatch(
    /never what was said.*random id.*90 days.*disable.*notice.*Enter alone means no/s,
  )
})

test.each([40, 80])(
  'at %i columns what is typed is seen once, and a typing mistake asks again',
  async (columns) => {
    using home = freshHome()
    const session = inTerminal(home, ['ask'], { columns })
    for (const keys of ['p', 'd', 'p', 'pd']) {
      await session.sees(PROMPT)
      // One key after the other, as a person types: each is echoed by itself.
      for (const key of keys) {
        session.type(key)
        await session.sees(key)
      }
      session.type('\r')
    }
    await session.sees('Please type y, n, p or d')
    await session.sees(PROMPT)
    session.type('\u0003')
    const { screen } = await session.ends()
    expect(readReceipt(home.host())).toBeUndefined()
    const answers = linesOf(screen).flatMap((line) =>
      line.startsWith(PROMPT) ? line.slice(PROMPT.length) : [],
    )
    expect(answers.map((answer) => answer.replaceAll(PROMPT, ''))).toEqual(['p', 'd', 'p', 'pd', ''])
  },
)

test.each([40, 80])(
  'at %i columns and without colour every line fits, and no escape sequence is written',
  async (columns) => {
    using home = freshHome()
    const session = inTerminal(home, ['ask'], { columns, env: { NO_COLOR: '1' } })
    await session.sees(PROMPT)
    session.type('n\r')
    const plain = linesOf((await session.ends()).screen)
    expect(plain.filter((line) => line.length > columns)).toEqual([])
    expect(plain.join('')).not.toContain('\u001b')
  },
)
