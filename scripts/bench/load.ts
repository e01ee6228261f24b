import { hash } from 'node:crypto'
import { connect } from 'node:net'
import { addDays, dayAt, dayTimestamp, encodeEvent, MS_PER_DAY } from '../../packages/protocol/src/index.ts'
import { exampleEnvironment } from '../exampleEnvironment.ts'
import { at } from './statistics.ts'

/**
 * Sends events, each of an installation of its own, over kept-alive connections, and prints what it saw as JSON:
 * `{ perSecond, p99Ms, answers }`. It speaks HTTP over plain sockets, so that a server is what is measured.
 *
 * `node load.ts URL CONNECTIONS SECONDS DAYS`: the events are of so many days, the last one yesterday.
 */
const [url = '', connections = '32', seconds = '3', days = '1'] = process.argv.slice(2)
const { hostname, port } = new URL(url)
const run = hash('sha256', `${process.pid} ${Date.now()}`).slice(0, 8)
const timestamps = Array.from({ length: Number(days) }, (_, n) =>
  dayTimestamp(addDays(dayAt(Date.now() - MS_PER_DAY), -n)),
)
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

let sent = 0
function nextRequest(): string {
  const n = sent++
  // Ids are random in life, so that neighbours in time are none in an index.
  const digits = hash('sha256', `${run} ${n}`)
  const id = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`
  const timestamp = timestamps[n % timestamps.length] ?? ''
  const eventId = hash('sha256', `${id}:${timestamp}`).slice(0, 16)
  const body = template
    .slice(0, -tail.length)
    .replace('EVENT', eventId)
    .replace('INSTALLATION', id)
    .replace('TIMESTAMP', timestamp)
  const length = body.length + tail.length
  return `POST /v1/events HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}${tail}`
}

const answers: Record<string, number> = {}
const times: number[] = []
const begunAt = performance.now()
const endsAt = begunAt + 1000 * Number(seconds)

function converse(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    let askedAt = 0
    let text = ''
    const ask = () => {
      askedAt = performance.now()
      if (askedAt >= endsAt) socket.end()
      else socket.write(nextRequest())
    }
    socket.setEncoding('latin1')
    socket.on('connect', ask)
    socket.on('data', (chunk) => {
      text += chunk
      const end = text.indexOf('\r\n\r\n')
      if (end < 0) return
      const [, length = '0'] = /content-length: (\d+)/i.exec(text) ?? []
      const [isChunked] = /transfer-encoding: chunked/i.exec(text) ?? []
      if (isChunked ? !text.endsWith('0\r\n\r\n') : text.length < end + 4 + Number(length)) return
      const status = text.slice(9, 12)
      answers[status] = (answers[status] ?? 0) + 1
      times.push(performance.now() - askedAt)
      text = ''
      ask()
    })
    socket.on('error', reject).on('close', () => resolve())
  })
}

await Promise.all(Array.from({ length: Number(connections) }, converse))
const tookSeconds = (performance.now() - begunAt) / 1000
times.sort((a, b) => a - b)
console.log(JSON.stringify({ perSecond: times.length / tookSeconds, p99Ms: at(times, 0.99), answers }))
