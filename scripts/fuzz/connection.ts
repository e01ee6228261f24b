import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { FuzzRequest } from './requests.ts'

/** Far longer than a server takes, and than it lets a client take, in milliseconds. */
const PATIENCE_MS = 40_000

/** All that came back: the answers of a broken request, else one. */
export interface Answered {
  /** In Latin-1; empty where the server closed the connection without a word. */
  text: string
  statuses: number[]
  /** Whether the server neither answered nor closed. */
  isSilent: boolean
}

/** Sends requests one after the other, over one connection for as long as the server keeps it. */
export function createConnection(port: number): {
  send(request: FuzzRequest): Promise<Answered>
  end(): void
} {
  let kept: Socket | undefined

  async function open(): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1')
    await once(socket, 'connect')
    socket.on('error', () => {})
    return socket
  }

  /** Reads what comes back until it is whole, or until the server closes. */
  function exchange(socket: Socket, { bytes, isBroken, isHead }: FuzzRequest): Promise<Answered> {
    return new Promise((resolve) => {
      let text = ''
      const finish = (isSilent: boolean) => {
        clearTimeout(patience)
        socket.off('data', read).off('close', close)
        resolve({ text, statuses: statusesIn(text), isSilent })
      }
      const close = () => finish(false)
      const read = (chunk: string) => {
        text += chunk
        if (!isBroken && isWhole(text, isHead)) finish(false)
      }
      const patience = setTimeout(() => {
        socket.destroy()
        finish(true)
      }, PATIENCE_MS)
      socket.on('data', read).once('close', close)
      socket.write(bytes)
      // The server sees that no more will come.
      if (isBroken) socket.end()
    })
  }

  return {
    async send(request) {
      if (request.isBroken) return exchange(await open(), request)
      const isReused = kept !== undefined && !kept.destroyed && kept.readable
      const socket = isReused && kept ? kept : await open()
      kept = socket
      const answered = await exchange(socket, request)
      const ends = /\r\nconnection: close\r\n/i.test(
        answered.text.slice(0, answered.text.indexOf('\r\n\r\n') + 2),
      )
      if (ends || socket.destroyed) kept = undefined
      if (ends) socket.destroy()
      // The server may have closed it before it saw the request.
      if (isReused && answered.text === '' && !answered.isSilent) return exchangeAnew(request)
      return answered
    },
    end: () => kept?.destroy(),
  }

  async function exchangeAnew(request: FuzzRequest): Promise<Answered> {
    const socket = await open()
    const answered = await exchange(socket, request)
    socket.destroy()
    return answered
  }
}

function statusesIn(text: string): number[] {
  return [...text.matchAll(/(?:^|\n|\}|>)HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
}

/** Whether a text is a whole answer. */
function isWhole(text: string, isHead: boolean): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const head = text.slice(0, end + 2)
  const status = head.slice(9, 12)
  if (status[0] === '1') return isWhole(text.slice(end + 4), isHead)
  if (isHead || status === '204' || status === '304') return true
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? []
  if (length !== undefined) return text.length >= end + 4 + Number(length)
  return /\r\ntransfer-encoding: chunked/i.test(head) && text.endsWith('\r\n0\r\n\r\n')
}
