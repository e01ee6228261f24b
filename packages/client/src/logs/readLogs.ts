import type { Day } from '@voicemode-telemetry/protocol'
import type { Host } from '../host.ts'
import { findLogFiles, type LogFile, readLines } from './logFiles.ts'
import { parseExchange, parseLogEvent } from './logLine.ts'
import { Tally } from './tally.ts'

export interface ReadOptions {
  /** Only what began after this instant counts, in milliseconds since 1970. Default: everything. */
  since?: number | undefined
  /** Told now and then how far reading has come, in bytes. */
  onProgress?: ((done: number, total: number) => void) | undefined
  signal?: AbortSignal | undefined
}

export interface LogReading {
  tally: Tally
  /** Lines that were no JSON object, lacked what counting needs, or were too long. */
  skippedLines: number
  /** Log files found, of both kinds. */
  files: number
}

/**
 * Counts the logs of some days.
 *
 * @param days at least one, oldest first.
 * @throws the signal's reason once it is aborted. A folder or file that can't be read counts as empty.
 */
export async function readLogs(
  host: Host,
  days: readonly Day[],
  options: ReadOptions = {},
): Promise<LogReading> {
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) throw new RangeError('readLogs needs at least one day')
  const tally = new Tally(days, {
    now: host.now() * 1000,
    ...(options.since !== undefined && { since: options.since * 1000 }),
  })
  const conversations = findLogFiles(host.directories.conversations, 'exchanges_', first, last)
  const events = findLogFiles(host.directories.events, 'voicemode_events_', first, last)
  const total = [...conversations, ...events].reduce((sum, file) => sum + file.bytes, 0)
  let done = 0
  let skippedLines = 0

  const read = async <Line>(
    files: LogFile[],
    parse: (line: string) => Line | undefined,
    add: (line: Line, file: LogFile) => void,
  ) => {
    for (const file of files) {
      const chunks = readLines(file.path, (bytes) => {
        done += bytes
      })
      for await (const lines of chunks) {
        options.signal?.throwIfAborted()
        for (const text of lines) {
          const line = text === undefined ? undefined : parse(text)
          if (line === undefined) skippedLines += 1
          else add(line, file)
        }
        options.onProgress?.(done, total)
      }
    }
  }
  await read(conversations, parseExchange, (exchange, file) => tally.addExchange(exchange, file))
  // Far event logs matter only where a day's sessions have to be told from them.
  const wanted = tally.needsCalls ? events : events.filter((file) => file.opensSessions)
  await read(wanted, parseLogEvent, (event, file) => tally.addEvent(event, file))
  return { tally, skippedLines, files: conversations.length + events.length }
}
