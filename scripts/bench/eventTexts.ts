import { hash } from 'node:crypto'
import { addDays, dayAt, dayTimestamp, encodeEvent, MS_PER_DAY } from '../../packages/protocol/src/index.ts'
import { exampleEnvironment } from '../exampleEnvironment.ts'

const template = encodeEvent({
  event_id: 'EVENT',
  telemetry_id: 'INSTALLATION',
  timestamp: 'TIMESTAMP',
  environment: exampleEnvironment({ install_method: 'uv' }),
  usage: {
    total_sessions: 3,
    duration_distribution: { '<1min': 1, '1-5min': 2 },
    exchanges_per_session: { '1-5': 3 },
    transport_usage: { local: 3 },
    tts_provider_usage: { kokoro: 2, openai: 1 },
    stt_provider_usage: { 'whisper-local': 3 },
    success_rate: 90,
    total_operations: 10,
    failed_steps: { speak: 1 },
    error_types: { ConnectionError: 1 },
  },
})
const tail = template.slice(template.indexOf('TIMESTAMP') + 'TIMESTAMP'.length)

/**
 * Makes the function that encodes the n-th event of a run, each of an installation of its own. All are ASCII.
 *
 * @param days the events are of so many days by turns, the last one yesterday.
 */
export function createEventTexts(days: number): (n: number) => string {
  const run = hash('sha256', `${process.pid} ${Date.now()}`).slice(0, 8)
  const timestamps = Array.from({ length: days }, (_, n) =>
    dayTimestamp(addDays(dayAt(Date.now() - MS_PER_DAY), -n)),
  )
  const head = template.slice(0, -tail.length)
  return (n) => {
    // Ids are random in life, so that neighbours in time are none in an index.
    const digits = hash('sha256', `${run} ${n}`)
    const id = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`
    const timestamp = timestamps[n % timestamps.length] ?? ''
    const eventId = hash('sha256', `${id}:${timestamp}`).slice(0, 16)
    return head.replace('EVENT', eventId).replace('INSTALLATION', id).replace('TIMESTAMP', timestamp) + tail
  }
}
