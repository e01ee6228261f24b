import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { addDays, startOfDay } from '@voicemode-telemetry/protocol'
import { expect, test } from 'vitest'
import { playScenes } from '../../../scripts/scenes/index.ts'
import { grantConsent } from '../src/index.ts'
import { run } from './commandLine.ts'
import { USED_DAY } from './logs.ts'
import { Machine } from './machine.ts'
import { Receiver } from './receiver.ts'

/** Stands in every text that a person's machine can hold; nothing that leaves or is written may have it. */
const CANARY = 'cAnArY'

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null

/** A log line in which every text but its times and ids' kinds holds a canary, and unknown keys hold one too. */
function plant(line: string, place: number): string {
  let json: Record<string, Json>
  try {
    json = JSON.parse(line)
  } catch {
    return line.replaceAll('prompt', CANARY)
  }
  const keeps = ['timestamp', 'type', 'event_type']
  const planted = Object.entries(json).map(([key, value]) => [
    key,
    keeps.includes(key) ? value : spoil(value, place),
  ])
  return JSON.stringify({ ...Object.fromEntries(planted), [CANARY]: CANARY, who: { [CANARY]: [CANARY] } })
}

/** Every third text is replaced whole, the others have a canary behind them, so that words and numbers are spoiled both ways. */
function spoil(value: Json, place: number): Json {
  if (typeof value === 'string') return place % 3 === 0 ? CANARY : `${value}${CANARY}`
  if (Array.isArray(value)) return value.map((one) => spoil(one, place))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one], n) => [key, spoil(one, place + n)]))
}

/** The logs of scenes, moved so that their last whole day is one that is due now, with canaries in them. */
function writePlantedLogs(home: Machine): void {
  const { files, days } = playScenes(11)
  const last = [...days.keys()].sort().at(-2) ?? ''
  const shiftMs = startOfDay(USED_DAY) - startOfDay(last)
  const move = (text: string) => new Date(Date.parse(text) + shiftMs).toISOString()
  for (const { path, content } of files) {
    const date = /\d{4}-\d\d-\d\d/.exec(path)?.[0] ?? ''
    const moved = path.replace(date, addDays(date, Math.round(shiftMs / 86_400_000)))
    const lines = Buffer.from(content)
      .toString('utf8')
      .split('\n')
      .map((line, n) => plant(line.replace(/(?<="timestamp": ")[^"]+(?=")/, move), n))
    mkdirSync(dirname(join(home.base, moved)), { recursive: true })
    writeFileSync(join(home.base, moved), lines.join('\n'))
  }
}

test('nothing that a log, a setting, an installation or the environment says in words of its own gets out', async () => {
  using home = new Machine()
  await using receiver = await Receiver.start()
  writePlantedLogs(home)
  home.pipEnvironment(CANARY)
  home.write(`${CANARY}/lib/python3.12/site-packages/voice_mode-8.12.0.dist-info/INSTALLER`, CANARY)
  home.write(
    '.voicemode/voicemode.env',
    `# ${CANARY}\nVOICEMODE_TTS_BASE_URLS=http://${CANARY}/v1\nOPENAI_API_KEY=${CANARY}\nVOICEMODE_VOICES="${CANARY}\n${CANARY}"\n`,
  )
  home.write(`${CANARY}/.voicemode.env`, `VOICEMODE_VOICES=${CANARY}\n`)
  await grantConsent(home.host({ now: () => Date.now() - 20 * 86_400_000 }), 'command')
  home.write(
    '.voicemode/telemetry_state.json',
    JSON.stringify({ caller: { mcpHost: CANARY, execSource: CANARY } }),
  )
  const env = {
    VOICEMODE_TELEMETRY_ENDPOINT: receiver.url,
    VIRTUAL_ENV: home.at(CANARY),
    USER: CANARY,
    LOGNAME: CANARY,
    HOSTNAME: CANARY,
    CLAUDE_PLUGIN_ROOT: `/${CANARY}`,
    AI_AGENT: CANARY,
    TERM_PROGRAM: CANARY,
  }
  const commands = [
    ['preview', '--day', USED_DAY],
    ['preview', '--json'],
    ['status'],
    ['status', '--json'],
    ['send'],
  ]
  const outputs: string[] = []
  for (const args of commands) {
    const { stdout, stderr } = await run(home, args, env, home.at(CANARY))
    outputs.push(stdout.toString(), stderr)
  }
  const history = await run(home, ['history'], env)
  outputs.push(history.stdout.toString(), history.stderr)
  expect(receiver.bodies.length).toBeGreaterThan(0)
  expect(outputs[0]).toContain('"total_sessions"')

  const kept = globSync(['telemetry_[!q]*', 'telemetry_queue/*', 'logs/telemetry/*/*.json'], {
    cwd: home.base,
  })
    .filter((path) => path !== 'telemetry_state.json')
    .map((path) => readFileSync(join(home.base, path), 'utf8'))
  expect(kept.length).toBeGreaterThan(0)
  const sent = receiver.bodies.map(String)
  const headers = receiver.headers.map((header) => JSON.stringify(header))
  for (const text of [...outputs, ...kept, ...sent, ...headers])
    expect(text.toLowerCase()).not.toContain(CANARY.toLowerCase())
})
