import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How long after the end of a connection memory is wiped, and how seldom at least under load, in milliseconds. */
const WIPE_AFTER_MS = 1_000
const WIPE_EVERY_MS = 10_000

/** Node reads every request into one buffer of this size, where the last one stays. */
const READ_BUFFER_BYTES = 65_536

/**
 * Keeps the memory of a process free of who has sent: soon after a connection has ended its address, headers and body are
 * collected and overwritten, as V8 by itself would some time later, or never. It takes some tens of milliseconds.
 *
 * @param server one that listens.
 */
export function wipeMemoryAfterConnections(server: Server): void {
  setFlagsFromString('--clear-free-memory')
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const { port, address } = server.address() as AddressInfo
  let timer: NodeJS.Timeout | undefined
  let wipedAt = Number.NEGATIVE_INFINITY
  let ownPort: number | undefined

  function overwriteReadBuffer() {
    if (!server.listening) return
    const socket = connect(port, address)
    socket.on('connect', () => {
      ownPort = socket.localPort
      // It is no HTTP, and so refused and logged nowhere.
      socket.end(Buffer.alloc(READ_BUFFER_BYTES, ' '))
    })
    socket.on('error', () => {}).resume()
  }

  server.on('connection', (socket) => {
    const { remotePort } = socket
    socket.once('close', () => {
      if (timer || remotePort === ownPort) return
      const waitMs = Math.max(WIPE_AFTER_MS, wipedAt + WIPE_EVERY_MS - performance.now())
      timer = setTimeout(() => {
        timer = undefined
        wipedAt = performance.now()
        overwriteReadBuffer()
        collectGarbage()
      }, waitMs).unref()
    })
  })
}
