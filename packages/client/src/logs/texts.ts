/** A longer text is not likely to come again. */
const MAX_BYTES = 100
/** A power of two. */
const PLACES = 1024
const FACTOR = 0x01000193

interface Known {
  bytes: Uint8Array
  text: string
}

/** Texts that came lately, each at a place that its bytes tell. */
const known: (Known | undefined)[] = new Array(PLACES).fill(undefined)

/** The text of some bytes. One that came lately is the same text again, so that a thousand lines keep it once. */
export function textOf(bytes: Buffer, start: number, end: number): string {
  if (end - start > MAX_BYTES) return bytes.toString('utf8', start, end)
  let mixed = end - start
  for (let at = start; at < end; at++) mixed = Math.imul(mixed ^ (bytes[at] as number), FACTOR)
  const place = (mixed ^ (mixed >>> 15)) & (PLACES - 1)
  const found = known[place]
  if (found && isSame(found.bytes, bytes, start, end)) return found.text
  const text = bytes.toString('utf8', start, end)
  known[place] = { bytes: Uint8Array.prototype.slice.call(bytes, start, end), text }
  return text
}

function isSame(known: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false
  for (let n = 0; n < known.length; n++) if (known[n] !== bytes[start + n]) return false
  return true
}
