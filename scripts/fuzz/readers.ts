import { composeEvent } from '../../packages/client/src/logs/compose.ts'
import { readDays } from '../../packages/client/src/logs/readDays.ts'
import { readStatus } from '../../packages/client/src/show/status.ts'
import { ENVIRONMENT } from '../../packages/client/test/logs.ts'
import { Machine } from '../../packages/client/test/machine.ts'
import { parseEvent } from '../../packages/protocol/src/index.ts'
import { parseSettings } from '../../packages/server/src/operate/settings.ts'
import { playScenes } from '../scenes/index.ts'
import { type Random, randomOf } from '../scenes/random.ts'
import { CANARY, spoiled } from './requests.ts'

/** What is read in a run is of so many simulated days, each spoiled anew every time. */
const SCENES = 20
const INSTALLATION = 'e85850d8-3ca6-8a78-952a-d0f195738b0a'
const LONG_BYTES = 2_000_000

/** What was found wrong, with the seed that makes it again. */
type Complaints = string[]

/** Reads logs of VoiceMode with arbitrary bytes in them: no reading fails, and each yields an event of known words or none. */
export async function fuzzLogs(seed: number, runs: number): Promise<Complaints> {
  const complaints: Complaints = []
  const scenes = Array.from({ length: Math.min(runs, SCENES) }, (_, n) => playScenes(n + 1, { days: 1 }))
  for (let n = 0; n < runs; n++) {
    const random = randomOf(seed + n)
    const { files, days } = random.pick(scenes)
    using home = new Machine()
    for (const { path, content } of files) {
      home.write(
        `.voicemode/${path}`,
        random.chance(0.5) ? Buffer.from(content) : spoiledLog(Buffer.from(content), random),
      )
    }
    try {
      const now = Date.parse('2027-01-01')
      for await (const reading of readDays(home.host().directories, [...days.keys()].sort(), { now })) {
        const event = await composeEvent(reading, ENVIRONMENT, INSTALLATION)
        if (event === undefined) continue
        if (JSON.stringify(event).includes(CANARY)) complaints.push(`log ${seed + n}: repeated`)
        if (!(await parseEvent(event)).ok) complaints.push(`log ${seed + n}: no event`)
      }
    } catch (error) {
      complaints.push(`log ${seed + n}: ${error}`)
    }
  }
  return complaints
}

function spoiledLog(content: Buffer, random: Random): Buffer {
  if (random.chance(0.003))
    return Buffer.alloc(LONG_BYTES, random.pick(['[', '{"a":', CANARY, '\0', '\n', '"']))
  if (random.chance(0.05)) return anyBytes(random)
  let bytes = content
  for (let times = random.whole(1, 6); times > 0; times--) bytes = spoiled(bytes, random)
  return bytes
}

function anyBytes(random: Random): Buffer {
  return Buffer.from(Array.from({ length: random.whole(0, 2000) }, () => random.whole(0, 255)))
}

const SETTINGS = Buffer.from(`# settings
VOICEMODE_TELEMETRY=true
VOICEMODE_TELEMETRY_ENDPOINT="https://${CANARY}:${CANARY}@telemetry.example/"
VOICEMODE_BASE_DIR=~/.voicemode
VOICEMODE_SAVE_ALL='yes
no'
VOICEMODE_EVENT_LOG_ENABLED = on
OPENAI_API_KEY=${CANARY}
`)
const FLAGS: Record<string, readonly string[]> = {
  host: ['127.0.0.1', '::1', '0.0.0.0', '[::1]'],
  port: ['0', '8787', '65536'],
  database: ['sqlite:./a.db', `postgres://${CANARY}:${CANARY}@${CANARY}/a?sslmode=no-verify`, 'sqlite:'],
  'retention-days': ['90', '0'],
  'events-per-id-per-hour': ['10'],
  'events-per-address-per-hour': ['1e9'],
  'trusted-proxy': ['none', '10.0.0.0/8,::1', '10.0.0.0/33'],
}

/**
 * Reads settings files of VoiceMode and the server's settings with arbitrary bytes in them: nothing fails, the server's complaints
 * repeat no value, and no settings file alone is a yes.
 */
export function fuzzSettings(seed: number, runs: number): Complaints {
  const complaints: Complaints = []
  for (let n = 0; n < runs; n++) {
    const random = randomOf(seed + n)
    const spoil = (bytes: Buffer) =>
      random.chance(0.1) ? anyBytes(random) : spoiled(spoiled(bytes, random), random)
    try {
      using home = new Machine()
      home.write('.voicemode/voicemode.env', spoil(SETTINGS))
      home.write('project/.voicemode.env', spoil(SETTINGS))
      const { state } = readStatus(home.host({ workingDirectory: home.at('project') }))
      if (state === 'granted') complaints.push(`settings ${seed + n}: taken for a yes`)
      const flags = Object.entries(FLAGS).map(([name, texts]) => {
        const text = random.pick(texts)
        return [name, random.chance(0.5) ? text : spoil(Buffer.from(text + CANARY)).toString()]
      })
      const env = { TELEMETRY_ADMIN_TOKEN: random.pick(['', CANARY, `${CANARY}\n`]) }
      const parsed = parseSettings(Object.fromEntries(flags), env)
      const told = parsed.outcome === 'wrong' ? parsed.problems.join() : ''
      if (told.includes(CANARY)) complaints.push(`settings ${seed + n}: repeated`)
    } catch (error) {
      complaints.push(`settings ${seed + n}: ${error}`)
    }
  }
  return complaints
}
