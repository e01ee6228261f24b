import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addDays } from '@voicemode-telemetry/protocol'
import { createHost } from '../packages/client/src/index.ts'
import { readDays } from '../packages/client/src/logs/readDays.ts'
import { createHost as createServerHost } from '../packages/server/src/createHost.ts'
import { openDatabase } from '../packages/server/src/store/drivers/open.ts'
import { createSqlStore } from '../packages/server/src/store/sqlStore.ts'
import { eventOf } from '../packages/server/test/events.ts'
import { benchD1Cost } from './bench/d1Cost.ts'
import { benchIngest } from './bench/ingest.ts'
import { benchReading } from './bench/reading.ts'
import { benchRush } from './bench/rush.ts'
import { benchStartup } from './bench/startup.ts'
import { benchCharts, secondsOf } from './benchCharts.ts'

/**
 * Speed as ratios of things measured in one run, since the clock of a shared machine means little. A ratio far from the
 * one noted here is worth a look. `npm run bench -- charts` measures the charts of a full store instead, `-- startup` what
 * the client costs at its start, `-- ingest` a server that takes events, `-- reading` the client that reads a month of logs, and
 * `-- rush` the busiest ten minutes of a million installations, `-- d1` what an event costs on Cloudflare.
 */

const DAY = '2026-11-20'
const scratch = mkdtempSync(join(tmpdir(), 'voicemode-bench-'))
const [which, ...args] = process.argv.slice(2)
try {
  if (which === 'startup') {
    benchStartup(scratch)
  } else if (which === 'charts') {
    await benchCharts(scratch, args)
  } else if (which === 'ingest') {
    await benchIngest(scratch, args)
  } else if (which === 'd1') {
    await benchD1Cost()
  } else if (which === 'rush') {
    await benchRush(scratch, args)
  } else if (which === 'reading') {
    await benchReading(scratch, args)
  } else {
    await benchParsing()
    await benchStoring()
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** Counting a log against merely parsing its lines as JSON, the file read whole; about 0.6. */
async function benchParsing(): Promise<void> {
  const lines = Array.from({ length: 100_000 }, (_, n) =>
    JSON.stringify({
      timestamp: new Date(Date.parse(`${DAY}T00:00:00Z`) + n * 800).toISOString(),
      conversation_id: `conv_${n % 500}`,
      type: n % 2 ? 'tts' : 'stt',
      text: 'x'.repeat(700),
      metadata: {
        provider_url: 'http://127.0.0.1:8880/v1',
        transport: 'local',
        voice_mode_version: '8.12.0',
      },
    }),
  )
  const base = join(scratch, 'base')
  const path = join(base, `logs/conversations/exchanges_${DAY}.jsonl`)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `${lines.join('\n')}\n`)
  const host = createHost({ env: { VOICEMODE_BASE_DIR: base }, homeDirectory: scratch })
  const parsing = await secondsOf(async () => {
    for (const line of readFileSync(path, 'utf8').split('\n')) if (line) JSON.parse(line)
  })
  const counting = await secondsOf(() =>
    Array.fromAsync(readDays(host.directories, [DAY], { now: Date.now() })),
  )
  console.log(`reading logs: ${(counting / parsing).toFixed(2)} x parsing their JSON (${lines.length} lines)`)
}

/** Storing events that arrive together against storing them one after the other; about 0.02. */
async function benchStoring(): Promise<void> {
  const events = await Promise.all(
    Array.from({ length: 2_000 }, (_, n) => eventOf({ installation: n, day: addDays(DAY, -(n % 30)) })),
  )
  const store = async (name: string, add: (store: ReturnType<typeof createSqlStore>) => Promise<unknown>) => {
    const driver = await openDatabase({ databasePath: join(scratch, name), databaseUrl: undefined })
    const opened = createSqlStore({ driver, host: createServerHost(), eventsPerIdPerHour: 10 })
    const seconds = await secondsOf(() => add(opened))
    await opened.close()
    return seconds
  }
  const together = await store('together.db', (opened) =>
    Promise.all(events.map((event) => opened.add(event))),
  )
  const apart = await store('apart.db', async (opened) => {
    for (const event of events) await opened.add(event)
  })
  console.log(
    `storing together: ${(together / apart).toFixed(2)} x storing one by one (${events.length} events)`,
  )
}
