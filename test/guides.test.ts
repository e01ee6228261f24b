import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createMetrics } from '../packages/server/src/operate/metrics.ts'
import { runCommand } from '../packages/server/test/runCommand.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const PAGES = globSync(['docs/deploy/*.md', 'docs/operate.md', 'PRIVACY.md', 'examples/deploy/*'], {
  cwd: root,
})
const NAME = 'voicemode-telemetry-server'

/** What stands behind the server's name, or what the guides abbreviate it to, up to the end of each line. */
function commandLines(text: string): string[] {
  const lines = text.replaceAll(/\\\n\s*/g, '')
  return [...lines.matchAll(new RegExp(`\\b(?:${NAME}|vmt) (.*)`, 'g'))].map(([, rest = '']) => rest)
}

async function helpOf(line: string): Promise<string> {
  const [word = ''] = line.split(' ')
  const { stdout } = await runCommand(word.startsWith('-') ? ['--help'] : [word, '--help'])
  return stdout
}

describe.each(PAGES)('%s', (page) => {
  test('names only settings and flags that the server knows', async () => {
    const text = read(page)
    const overview = await helpOf('--help')
    for (const [variable] of text.matchAll(/\bTELEMETRY_\w+/g)) expect(overview).toContain(variable)
    for (const line of commandLines(text)) {
      const help = await helpOf(line)
      for (const [flag] of line.matchAll(/(?<=^|\s)--[a-z-]+/g)) expect(`${help}--help`, line).toContain(flag)
    }
  })
})

test('the guides and their files are there, and say how the server is called', () => {
  expect(PAGES.length).toBeGreaterThan(8)
  expect(PAGES.flatMap((page) => commandLines(read(page))).length).toBeGreaterThan(8)
})

test('the guides show every line of doctor, and the alerts name only metrics that there are', async () => {
  const checksIn = (text: string) =>
    [...text.matchAll(/^ *(?:ok|skipped|fix) {2,}([a-z ]+): /gm)].map(([, check]) => check)
  const { stdout } = await runCommand(['doctor', '--url', 'http://127.0.0.1:9'])
  const checks = checksIn(stdout)
  expect(checks.length).toBeGreaterThan(12)
  expect(checksIn(read('docs/deploy/cloudflare.md'))).toEqual(checks)
  expect(checksIn(read('docs/deploy/linux-host.md'))).toEqual(checks)
  const ofPostgres = ['database link', 'durability', 'sessions']
  expect(checksIn(read('docs/deploy/several-hosts.md'))).toEqual(
    checks.flatMap((check) => (check === 'clock' ? [check, ...ofPostgres] : [check])),
  )

  const store = { daysToAggregate: 0, isClockBelieved: true, deletionWaits: false, late: [], unreadable: [] }
  const metrics = createMetrics(Date.now).write({ version: '1.2.3', store, logLinesLost: 0 })
  for (const [name] of read('examples/deploy/voicemode-telemetry-alerts.yml').matchAll(
    /voicemode_telemetry_\w+/g,
  )) {
    expect(metrics).toContain(`# TYPE ${name} `)
  }
})

test('the unit starts a server with the settings of the example', async () => {
  const unit = read('examples/deploy/voicemode-telemetry.service')
  const [, args = ''] = new RegExp(`^ExecStart=/\\S+/${NAME}(.*)$`, 'm').exec(unit) ?? []
  const env = { ...parseEnv(read('examples/deploy/settings.env')), TELEMETRY_ADMIN_TOKEN: 'a-token' }
  const { served } = await runCommand(args.split(' ').filter(Boolean), env)
  expect(served).toMatchObject([
    {
      host: '127.0.0.1',
      port: 8787,
      databasePath: '/var/lib/voicemode-telemetry/telemetry.db',
      trustedProxies: [expect.anything()],
    },
  ])
})
