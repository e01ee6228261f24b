import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { MS_PER_DAY, noticeTerms } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { grantConsent } from '../src/consent/grant.ts'
import { renderFullNotice } from '../src/consent/notice.ts'
import {
  readDecision,
  readIdentity,
  readReceipt,
  readSecret,
  readTelemetryId,
} from '../src/consent/record.ts'
import { ensureIdentity } from '../src/consent/writeRecord.ts'
import type { Host } from '../src/host.ts'
import { resetIdentity, withdrawConsent } from '../src/rights/withdraw.ts'
import { readStatus } from '../src/show/status.ts'
import { run } from './commandLine.ts'
import { grantedHome, LONG_AGO } from './homes.ts'
import { Home } from './logs.ts'

const settingsPath = (home: Home) => join(home.base, 'voicemode.env')

describe('voicemode.env survives byte for byte but for the one line', () => {
  test.each<[string, string, string]>([
    [
      'the shipped default',
      '# Telemetry\n# VOICEMODE_TELEMETRY=ask\n\n# End\n',
      '# Telemetry\nVOICEMODE_TELEMETRY=true\n\n# End\n',
    ],
    [
      'quotes and spaces',
      'A = "x y"\nVOICEMODE_TELEMETRY = "false"\n',
      'A = "x y"\nVOICEMODE_TELEMETRY = "true"\n',
    ],
    ['CRLF', 'A=1\r\nVOICEMODE_TELEMETRY=no\r\nB=2\r\n', 'A=1\r\nVOICEMODE_TELEMETRY=true\r\nB=2\r\n'],
    ['no final newline', 'A=1\nVOICEMODE_TELEMETRY=no', 'A=1\nVOICEMODE_TELEMETRY=true'],
    [
      'export',
      'export VOICEMODE_TELEMETRY=no # mine\nA=1',
      'export VOICEMODE_TELEMETRY=true # mine\nA=1\nVOICEMODE_TELEMETRY=true\n',
    ],
    [
      'duplicate keys',
      'VOICEMODE_TELEMETRY=yes\nVOICEMODE_TELEMETRY=ask\n',
      'VOICEMODE_TELEMETRY=true\nVOICEMODE_TELEMETRY=true\n',
    ],
    [
      'a value over several lines',
      'A="x\nVOICEMODE_TELEMETRY=no\n"\nVOICEMODE_TELEMETRY=no\n',
      'A="x\nVOICEMODE_TELEMETRY=no\n"\nVOICEMODE_TELEMETRY=true\n',
    ],
    [
      'a quote that is never closed',
      'A="x\nVOICEMODE_TELEMETRY=no\nB=1\n',
      'VOICEMODE_TELEMETRY=true\nA="x\nVOICEMODE_TELEMETRY=true\nB=1\n',
    ],
    [
      'bytes that are no UTF-8',
      'A=\u00ff\u0080\nVOICEMODE_TELEMETRY=\n',
      'A=\u00ff\u0080\nVOICEMODE_TELEMETRY=true\n',
    ],
    [
      'a byte order mark',
      '\u00ef\u00bb\u00bfVOICEMODE_TELEMETRY=no\n',
      '\u00ef\u00bb\u00bfVOICEMODE_TELEMETRY=true\nVOICEMODE_TELEMETRY=true\n',
    ],
    [
      'a key that only begins alike',
      'VOICEMODE_TELEMETRY_ENDPOINT=https://x\n',
      'VOICEMODE_TELEMETRY_ENDPOINT=https://x\nVOICEMODE_TELEMETRY=true\n',
    ],
    ['an empty file', '', 'VOICEMODE_TELEMETRY=true\n'],
  ])('%s', async (_, before, after) => {
    using home = new Home()
    mkdirSync(home.base, { recursive: true })
    writeFileSync(settingsPath(home), Buffer.from(before, 'latin1'))
    chmodSync(settingsPath(home), 0o640)
    await grantConsent(home.host(), 'command')
    expect(readFileSync(settingsPath(home), 'latin1')).toBe(after)
    expect(statSync(settingsPath(home)).mode & 0o777).toBe(0o640)
    expect(readDecision(home.host()).state).toBe('granted')
  })

  test('a new file is for its owner only', async () => {
    using home = new Home()
    await grantConsent(home.host(), 'command')
    expect(statSync(settingsPath(home)).mode & 0o777).toBe(0o600)
  })

  test('a file that is linked to stays where it is', async () => {
    using home = new Home()
    home.write('dotfiles/voicemode.env', 'A=1\n')
    mkdirSync(home.base)
    symlinkSync(join(home.path, 'dotfiles/voicemode.env'), settingsPath(home))
    await grantConsent(home.host(), 'command')
    expect(lstatSync(settingsPath(home)).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(home.path, 'dotfiles/voicemode.env'), 'utf8')).toBe(
      'A=1\nVOICEMODE_TELEMETRY=true\n',
    )
  })

  test('the older name is used where only it exists', async () => {
    using home = new Home()
    home.write('.voicemode/.voicemode.env', 'VOICEMODE_TELEMETRY=ask\n')
    await grantConsent(home.host(), 'command')
    expect(readFileSync(join(home.base, '.voicemode.env'), 'utf8')).toBe('VOICEMODE_TELEMETRY=true\n')
    expect(readdirSync(home.base)).not.toContain('voicemode.env')
    expect(readDecision(home.host())).toMatchObject({ state: 'granted', decidedBy: 'user file' })
  })

  test('a no in the older file, which VoiceMode passes over, does not outlive a yes', async () => {
    using home = new Home()
    home.write('.voicemode/voicemode.env', 'A=1\n')
    home.write('.voicemode/.voicemode.env', 'B=1\nexport VOICEMODE_TELEMETRY=off\n')
    expect(readDecision(home.host())).toMatchObject({ state: 'denied', decidedBy: 'user file' })
    await grantConsent(home.host(), 'command')
    expect(readDecision(home.host()).state).toBe('granted')
    expect(readFileSync(settingsPath(home), 'utf8')).toBe('A=1\nVOICEMODE_TELEMETRY=true\n')
    expect(readFileSync(join(home.base, '.voicemode.env'), 'utf8')).toBe(
      'B=1\nexport VOICEMODE_TELEMETRY=true\n',
    )
  })

  test('processes that write at once leave a whole file', async () => {
    using home = new Home()
    const rest = Array.from({ length: 2000 }, (_, n) => `SETTING_${n}=${n}\n`).join('')
    home.write('.voicemode/voicemode.env', `${rest}VOICEMODE_TELEMETRY=true\n`)
    const codes = await Promise.all(Array.from({ length: 6 }, () => run(home, ['disable'])))
    expect(codes.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0])
    expect(readFileSync(settingsPath(home), 'utf8')).toBe(`${rest}VOICEMODE_TELEMETRY=false\n`)
    expect(readdirSync(home.base).filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect(readReceipt(home.host())?.decision).toBe('denied')
  })
})

test('a yes leaves a receipt of when, how, and to which notice', async () => {
  using home = new Home()
  const now = Date.parse('2026-11-20T10:00:00Z')
  await grantConsent(home.host({ now: () => now }), 'mcp')
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(renderFullNotice()))
  expect(readReceipt(home.host())).toEqual({
    decision: 'granted',
    decided_at: '2026-11-20T10:00:00.000Z',
    channel: 'mcp',
    notice_hash: Buffer.from(digest).toString('hex'),
    fields: noticeTerms(),
  })
  for (const name of ['telemetry_id', 'telemetry_secret', 'telemetry_consent.json']) {
    expect(statSync(join(home.base, name)).mode & 0o777).toBe(0o600)
  }
})

test('a no takes id and secret away, offline too, and a new yes makes others', async () => {
  using home = new Home()
  await grantConsent(home.host(), 'command')
  const before = readTelemetryId(home.host())
  const { decision } = await withdrawConsent(home.host(), 'command')
  expect(decision.state).toBe('denied')
  expect([readTelemetryId(home.host()), readSecret(home.host())]).toEqual([undefined, undefined])
  await grantConsent(home.host(), 'command')
  expect(readTelemetryId(home.host())).not.toBe(before)
})

test('a new id is drawn under the same yes, and there is none to draw before a yes', async () => {
  using home = new Home()
  expect(await resetIdentity(home.host())).toBeUndefined()
  await grantConsent(home.host(), 'command')
  const [id, receipt] = [readTelemetryId(home.host()), readReceipt(home.host())]
  const drawn = await resetIdentity(home.host())
  expect(drawn).not.toBe(id)
  expect(readReceipt(home.host())).toMatchObject({ decided_at: receipt?.decided_at, channel: 'command' })
  expect(readReceipt(home.host())?.id_since).toBeDefined()
})

test.each([
  ['a sender', ensureIdentity],
  ['a new yes', (host: Host) => grantConsent(host, 'command')],
])('%s that is stopped anywhere leaves no new id with the time of a lost one', async (_, draw) => {
  for (let calls = 0; ; calls++) {
    using home = await grantedHome()
    rmSync(join(home.base, 'telemetry_secret'))
    let left = calls
    const now = () => {
      if (left-- === 0) throw new Error('stopped')
      return Date.now()
    }
    const wasStopped = await Promise.resolve(draw(home.host({ now }))).then(
      () => false,
      () => true,
    )
    const identity = readIdentity(home.host())
    if (identity) expect(identity.since, `after ${calls}`).toBeGreaterThan(LONG_AGO + MS_PER_DAY)
    if (!wasStopped) break
  }
})

test.each([
  { decided_at: 'x' },
  { decided_at: 5 },
  { id_since: 'x' },
  { id_since: null },
  { ahead_of_clock: ['x'] },
  { ahead_of_clock: '2' },
  { ahead_of_clock: 5 },
])('a receipt with %j is none', async (changed) => {
  using home = new Home()
  await grantConsent(home.host(), 'command')
  const path = join(home.base, 'telemetry_consent.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changed }))
  expect(readReceipt(home.host())).toBeUndefined()
  expect(readStatus(home.host()).state).toBe('unset')
})
