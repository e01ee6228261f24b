import { hash } from 'node:crypto'
import { addDays, dayAt, dayTimestamp, encodeEvent, MS_PER_DAY } from '../../packages/protocol/src/index.ts'
import { eventOf } from '../../packages/server/test/events.ts'

const template = encodeEvent({
  ...(await eventOf({ installation: 1 })),
  event_id: 'EVENT',
  telemetry_id: 'INSTALLATION',
  timestamp: 'TIMESTAMP',
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
