import { connect } from 'node:net'
import { createEventTexts } from './eventTexts.ts'
import { at } from './statistics.ts'

/**
 * Sends events, each of an installation of its own, over kept-alive connections, and prints what it saw as JSON:
 * `{ perSecond, p99Ms, answers }`. It speaks HTTP over plain sockets, so that a server is what is measured.
 *
 * `node load.ts URL CONNECTIONS SECONDS DAYS`: the events are of so many days, the last one yesterday.
 */
const [url = '', connections = '32', seconds = '3', days = '1'] = process.argv.slice(2)
const { hostname, port } = new URL(url)
const textOf = createEventTexts(Number(days))

let sent = 0
function nextRequest(): string {
  const body = textOf(sent++)
  return `POST /v1/events HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
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
