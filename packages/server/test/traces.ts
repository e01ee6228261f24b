import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

/** Something of which no trace may be left, and how it is called in a failing test. */
export const WHO = {
  'the address behind a proxy': '203.0.113.77',
  'the IPv6 address behind a proxy': '2001:db8:77:13::7',
  'the address of the socket': '127.77.13.7',
  'the user agent': 'Canary-Agent/47.11',
  'the city': 'Canaryville',
}

const HASHES = ['md5', 'sha1', 'sha256', 'sha512']

const FORMS = Object.entries(WHO).flatMap(([name, known]) => {
  const hashes = HASHES.flatMap((hash) => {
    const digest = createHash(hash).update(known).digest()
    const hex = digest.toString('hex')
    // The last digits of base64 depend on what follows and on padding.
    const base64 = (['base64', 'base64url'] as const).map((as) => digest.toString(as).slice(0, 20))
    return [digest, hex, hex.toUpperCase(), ...base64].map((form) => ({ name: `${hash} of ${name}`, form }))
  })
  return [{ name, form: known }, ...hashes]
})

/** Which of {@link WHO} is found in some bytes, as it is or as a plain hash, raw, in hex or in base64. */
export function tracesIn(bytes: Buffer): string[] {
  return FORMS.filter(({ form }) => bytes.includes(form)).map(({ name }) => name)
}

const CHUNK_BYTES = 1 << 20
/** More than the longest of what is sought. */
const OVERLAP_BYTES = 256
const EMPTY = Buffer.alloc(CHUNK_BYTES + OVERLAP_BYTES)

/** All memory of a process that it may write, garbage too, in parts that overlap. Of Linux, which shows it as a file. */
export function* readMemory(pid: number): Generator<Buffer> {
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
    const end = Number.parseInt(to, 16)
    for (let at = Number.parseInt(from, 16); at < end; at += CHUNK_BYTES) {
      const bytes = Buffer.alloc(Math.min(end - at, CHUNK_BYTES + OVERLAP_BYTES))
      try {
        readSync(memory, bytes, 0, bytes.length, at)
      } catch (error) {
        // What was mapped when it was listed may be gone.
        if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error
      }
      // Most of what is mapped was never used.
      if (!bytes.equals(EMPTY.subarray(0, bytes.length))) yield bytes
    }
  }
  closeSync(memory)
}

/**
 * A snapshot of all that a process of Node can still reach, after it has collected its garbage.
 *
 * @param output what the process has written, being started with `--inspect`.
 */
export async function takeHeapSnapshot(output: string): Promise<Buffer> {
  const [address = ''] = /ws:\/\/\S+/.exec(output) ?? []
  const socket = new WebSocket(address)
  const chunks: Buffer[] = []
  await new Promise((resolve, reject) => {
    socket.addEventListener('error', reject)
    socket.addEventListener('open', () => {
      for (const [n, method] of ['HeapProfiler.collectGarbage', 'HeapProfiler.takeHeapSnapshot'].entries()) {
        socket.send(JSON.stringify({ id: n + 1, method }))
      }
    })
    socket.addEventListener('message', ({ data }) => {
      const { id, method, params } = JSON.parse(data)
      if (method === 'HeapProfiler.addHeapSnapshotChunk') chunks.push(Buffer.from(params.chunk))
      if (id === 2) resolve(undefined)
    })
  })
  socket.close()
  return Buffer.concat(chunks)
}
