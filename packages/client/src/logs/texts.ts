/** A longer text is not likely to come again. */
const MAX_BYTES = 100
const PLACES_BITS = 10
const FACTOR = 0x9e3779b1

interface Known {
  bytes: DataView
  text: string
}

/** Texts that came lately, each at a place that its bytes tell. */
const known: (Known | undefined)[] = new Array(1 << PLACES_BITS).fill(undefined)

/**
 * The text of some bytes. One that came lately is the same text again, so that a thousand lines keep it once.
 *
 * @param view of all bytes. Four are compared at once; of a text that has no multiple of four, the last four overlap.
 */
export function textOf(bytes: Buffer, view: DataView, start: number, end: number): string {
  const length = end - start
  if (length > MAX_BYTES || length < 4) return bytes.toString('utf8', start, end)
  const last = view.getInt32(end - 4, true)
  const middle = view.getInt32(start + ((length - 4) >> 1), true)
  const mixed = Math.imul(Math.imul(last, FACTOR) ^ middle, FACTOR) + length
  const place = Math.imul(mixed, FACTOR) >>> (32 - PLACES_BITS)
  const found = known[place]
  if (found && isSame(found.bytes, view, start, length)) return found.text
  const text = bytes.toString('utf8', start, end)
  known[place] = { bytes: new DataView(Uint8Array.prototype.slice.call(bytes, start, end).buffer), text }
  return text
}

function isSame(known: DataView, view: DataView, start: number, length: number): boolean {
  if (known.byteLength !== length) return false
  const last = length - 4
  for (let n = 0; n < last; n += 4)
    if (known.getInt32(n, true) !== view.getInt32(start + n, true)) return false
  return known.getInt32(last, true) === view.getInt32(start + last, true)
}
