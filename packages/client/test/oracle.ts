/**
 * A second count of a day, written from the event contract alone and in the plainest way: everything in memory, one rule
 * after the other. It shares no code with the client, so that a mistake would have to be made twice.
 */

export interface LogFolder {
  /** File name to its lines. */
  conversations: Map<string, string[]>
  events: Map<string, string[]>
}

// biome-ignore lint/suspicious/noExplicitAny: it reads whatever a line holds
type Json = Record<string, any>

const KINDS =
  'FileNotFoundError PermissionError ConnectionError TimeoutError HTTPError APIError AuthenticationError RateLimitError ValueError TypeError RuntimeError OSError'.split(
    ' ',
  )

export function countDay(logs: LogFolder, day: string): Json | undefined {
  const exchanges = parsed(logs.conversations).filter(
    (line) => isText(line.conversation_id) && (line.type === 'tts' || line.type === 'stt'),
  )
  const events = parsed(logs.events).filter((line) => isText(line.event_type))
  const onDay = (line: Json) => dayOf(line.micros) === day
  const hasExchanges = exchanges.some(onDay)

  const groups = hasExchanges
    ? groupBy(exchanges, (line) => line.conversation_id)
    : groupBy(
        events.filter((line) => isText(line.session_id)),
        (line) => line.session_id,
      )
  const usage: Json = { sessions: 0, durations: {}, exchanges: {}, transports: {}, tts: {}, stt: {} }
  for (const lines of groups) {
    const times = lines.map((line) => line.micros as bigint).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    const [first, last] = [times[0] as bigint, times.at(-1) as bigint]
    if (dayOf(last) !== day) continue
    usage.sessions += 1
    add(usage.durations, durationBin(Number(last - first) / 1e6))
    const counted = hasExchanges ? lines : lines.filter((line) => /^(TTS|STT)_START$/.test(line.event_type))
    add(usage.exchanges, exchangeBin(counted.length))
    if (!hasExchanges) continue
    const named = lines.filter((line) => isText(line.metadata?.transport))
    const newest = named.reduce<Json | undefined>(
      (best, line) => (!best || line.micros >= best.micros ? line : best),
      undefined,
    )
    if (newest) add(usage.transports, oneOf(['local', 'livekit'], newest.metadata.transport))
    for (const kind of ['tts', 'stt']) {
      const used = lines
        .filter((line) => line.type === kind)
        .map((line) => provider(kind, line.metadata ?? {}))
      for (const name of new Set(used)) if (name) add(usage[kind], name)
    }
  }

  const tools = events.filter((line) => onDay(line) && line.event_type === 'TOOL_REQUEST_END')
  const dayExchanges = exchanges.filter(onDay)
  const hasFailed = (line: Json) => ![undefined, null, ''].includes(line.metadata?.error)
  const operations = tools.length > 0 ? tools : dayExchanges
  const failed =
    tools.length > 0 ? tools.filter((line) => line.data?.success === false) : dayExchanges.filter(hasFailed)
  const errors: Json = {}
  const sources = events.some(onDay)
    ? events
        .filter((line) => onDay(line) && line.event_type.endsWith('_ERROR'))
        .map((line) => line.data ?? {})
    : dayExchanges.filter(hasFailed).map((line) => line.metadata)
  for (const source of sources) add(errors, errorKind([source.error_type, source.error, source.message]))
  if (usage.sessions === 0 && operations.length === 0) return undefined

  const versions = dayExchanges
    .map((line) => ({
      micros: line.micros as bigint,
      version: /^\d{1,4}\.\d{1,4}\.\d{1,4}(?!\d)/.exec(String(line.metadata?.voice_mode_version))?.[0],
    }))
    .filter((line) => line.version)
  const newest = versions.reduce<(typeof versions)[number] | undefined>(
    (best, line) => (!best || line.micros >= best.micros ? line : best),
    undefined,
  )
  return {
    version: newest?.version ?? 'unknown',
    total_sessions: usage.sessions,
    duration_distribution: usage.durations,
    exchanges_per_session: usage.exchanges,
    transport_usage: usage.transports,
    tts_provider_usage: usage.tts,
    stt_provider_usage: usage.stt,
    ...(operations.length > 0 && {
      success_rate: Math.floor((1000 * (operations.length - failed.length)) / operations.length + 0.5) / 10,
    }),
    total_operations: operations.length,
    failed_steps: failed.length > 0 ? { other: failed.length } : {},
    error_types: errors,
  }
}

/** The lines of all files in the order of their dates, those with a time. */
function parsed(files: Map<string, string[]>): Json[] {
  return [...files.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, lines]) => lines)
    .flatMap((text) => {
      try {
        const line = JSON.parse(text)
        if (line === null || typeof line !== 'object' || Array.isArray(line)) return []
        const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(
          line.timestamp,
        )
        const seconds = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN
        if (!match || Number.isNaN(seconds)) return []
        return [{ ...line, micros: BigInt(seconds) * 1000n + BigInt((match[2] ?? '').padEnd(6, '0')) }]
      } catch {
        return []
      }
    })
}

function dayOf(micros: bigint): string {
  return new Date(Number(micros / 1000n)).toISOString().slice(0, 10)
}

function groupBy(lines: Json[], key: (line: Json) => string): Json[][] {
  return [...Map.groupBy(lines, key).values()]
}

function durationBin(seconds: number): string {
  const bins: [number, string][] = [
    [60, '<1min'],
    [300, '1-5min'],
    [600, '5-10min'],
    [1200, '10-20min'],
    [3600, '20-60min'],
  ]
  return bins.find(([limit]) => seconds < limit)?.[1] ?? '>60min'
}

function exchangeBin(n: number): string {
  return n === 0 ? '0' : n < 6 ? '1-5' : n < 11 ? '6-10' : n < 21 ? '11-20' : '>20'
}

function provider(kind: string, { provider_url: url, provider: name }: Json): string | undefined {
  const own = kind === 'tts' ? 'kokoro' : 'whisper-local'
  if (isText(url)) {
    if (/^https?:\/\/api\.openai\.com(:\d+)?(\/|$)/.test(url)) return 'openai'
    const port = /^https?:\/\/[^/]*:(\d+)(\/|$)/.exec(url)?.[1]
    return port === (kind === 'tts' ? '8880' : '2022') ? own : 'other'
  }
  if (!isText(name)) return undefined
  const lower = name.toLowerCase().replace(/^whisper$/, 'whisper-local')
  return oneOf(['openai', own], lower)
}

function errorKind(texts: unknown[]): string {
  for (const text of texts.filter(isText)) {
    const words = text
      .split(/[^A-Za-z0-9_.]+/)
      .map((word) => word.replace(/\.+$/, '').split('.').at(-1) ?? '')
    const found = words.find((word) => KINDS.includes(word))
    if (found) return found
  }
  return 'other'
}

function oneOf(words: string[], word: string): string {
  return words.includes(word) ? word : 'other'
}

function add(counts: Json, word: string): void {
  counts[word] = (counts[word] ?? 0) + 1
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
