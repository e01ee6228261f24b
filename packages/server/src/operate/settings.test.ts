import { expect, test } from 'vitest'
import { parseSettings } from './settings.ts'

test('without a setting the server listens on loopback and keeps events for 90 days', () => {
  expect(parseSettings({}, {})).toEqual({
    outcome: 'serve',
    settings: {
      host: '127.0.0.1',
      port: 8787,
      databaseSource: 'TELEMETRY_DATABASE',
      databasePath: './voicemode-telemetry.db',
      databaseUrl: undefined,
      retentionDays: 90,
      eventsPerIdPerHour: 10,
      eventsPerAddressPerHour: 100,
      trustedProxies: [],
      adminToken: undefined,
      operator: { name: null, contact: null, hosting: null },
    },
  })
})

test('a flag goes before its variable, and an empty variable counts as unset', () => {
  const env = { TELEMETRY_PORT: '9000', TELEMETRY_RETENTION_DAYS: '30', TELEMETRY_HOST: '' }
  const command = parseSettings({ port: '0', database: 'sqlite:/tmp/a=b.db' }, env)
  expect(command).toMatchObject({
    settings: { port: 0, retentionDays: 30, host: '127.0.0.1', databasePath: '/tmp/a=b.db' },
  })
})

test('who runs the server is named in one line with words in it', () => {
  const read = (name: string) => parseSettings({}, { TELEMETRY_OPERATOR: name })
  expect(read(' A <b> ')).toMatchObject({ settings: { operator: { name: 'A <b>' } } })
  expect(read(' \u3000')).toMatchObject({ settings: { operator: { name: null } } })
  for (const name of ['a\u2028b', 'a\u2029b', 'a\nb', 'a\u0085b', 'a'.repeat(301)])
    expect(read(name).outcome, name).toBe('wrong')
})

test('every wrong setting is named at once, by the name it was given under, and never its value', () => {
  const flags = { port: '77canary77', database: 'canary:x' }
  const command = parseSettings(flags, {
    TELEMETRY_RETENTION_DAYS: '91',
    TELEMETRY_EVENTS_PER_ID_PER_HOUR: '0',
    TELEMETRY_EVENTS_PER_ADDRESS_PER_HOUR: 'canary',
    TELEMETRY_ADMIN_TOKEN: 'my secret',
    TELEMETRY_OPERATOR: 'canary\nb',
  })
  expect(command.outcome).toBe('wrong')
  const problems = command.outcome === 'wrong' ? command.problems : []
  expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual(
    [
      '--database',
      '--port',
      'TELEMETRY_ADMIN_TOKEN',
      'TELEMETRY_EVENTS_PER_ADDRESS_PER_HOUR',
      'TELEMETRY_EVENTS_PER_ID_PER_HOUR',
      'TELEMETRY_OPERATOR',
      'TELEMETRY_RETENTION_DAYS',
    ].sort(),
  )
  expect(problems.join()).not.toMatch(/canary|my secret/)
})

test('without an admin token, or with a short one, the server refuses any host but loopback', () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.4', 'example.org', '127.0.0.1.example.org']) {
    expect(parseSettings({ host }, {}).outcome, host).toBe('wrong')
    expect(parseSettings({ host }, { TELEMETRY_ADMIN_TOKEN: 't'.repeat(24) }).outcome, host).toBe('serve')
    expect(parseSettings({ host }, { TELEMETRY_ADMIN_TOKEN: 't'.repeat(23) }), host).toEqual({
      outcome: 'wrong',
      problems: [
        expect.stringMatching(/^TELEMETRY_ADMIN_TOKEN must have at least 24 .*`openssl rand -hex 32`$/),
      ],
    })
  }
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost']) {
    expect(parseSettings({ host }, {}).outcome, host).toBe('serve')
    expect(parseSettings({ host }, { TELEMETRY_ADMIN_TOKEN: 't' }).outcome, host).toBe('serve')
  }
})
