import { textOf } from './texts.ts'

/**
 * Takes the wanted values out of a JSON line, and makes nothing of the rest. This module is tuned: it takes about half as long
 * as `JSON.parse`. What it refuses is read by its plain twin, `parseJsonLine`, and what it reads, it reads as that one does.
 *
 * A place is an index of a byte. A newline ends every line, and nothing here reads past one.
 */

const TAB = 0x09
const NEWLINE = 0x0a
const RETURN = 0x0d
const BLANK = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const BRACE = 0x7b
const BRACE_END = 0x7d
const BRACKET = 0x5b
const BRACKET_END = 0x5d
const PLUS = 0x2b
const MINUS = 0x2d
const POINT = 0x2e
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const BIG_E = 0x45
const SMALL_E = 0x65
const SMALL_F = 0x66
const SMALL_N = 0x6e
const SMALL_T = 0x74
const SMALL_U = 0x75

/** In place of a place: the line is left to the plain reader. */
export const REFUSED = -1
/** How deep objects and arrays may lie in a value that is passed over. */
const MAX_DEPTH = 20

const tableOf = (is: (text: string) => boolean) =>
  Uint8Array.from({ length: 256 }, (_, byte) => Number(is(String.fromCharCode(byte))))
/** 1 for each byte that can't stand in a text as it is, or ends it. */
const ENDS_RUN = tableOf((text) => text < ' ' || text === '"' || text === '\\')
/** 1 for each byte that means something behind a backslash; `u` is apart. */
const IS_ESCAPED = tableOf((text) => '"\\/bfnrt'.includes(text))
const IS_HEX = tableOf((text) => /[\da-f]/i.test(text))
const WORDS = ['true', 'false', 'null'].map((word) => new TextEncoder().encode(word))

/** The wanted keys of one object. */
interface Level {
  keys: Uint8Array[]
  /** Of each key the number of its value. */
  values: number[]
  /** Of each key the keys that are wanted of its value, if this is an object. */
  levels: (Level | undefined)[]
}

export class Scanner {
  readonly #level: Level = { keys: [], values: [], levels: [] }
  /** Where each value begins, for a text behind its quote; 0 for one that is missing. */
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  #bytes: Buffer = Buffer.alloc(0)
  #view: DataView = viewOf(this.#bytes)

  /** @param paths of the wanted values, as `metadata.provider`. A value is asked for by its place in this list. */
  constructor(paths: readonly string[]) {
    let size = paths.length
    for (const [value, path] of paths.entries()) {
      const [last = '', ...outer] = path.split('.').toReversed()
      const level = outer.reduceRight((above, key) => levelBelow(above, key, () => size++), this.#level)
      addKey(level, last, value, undefined)
    }
    this.#starts = new Int32Array(size)
    this.#ends = new Int32Array(size)
  }

  /**
   * Reads the line that begins at a place.
   *
   * @returns the place of the newline that ends it, or {@link REFUSED}.
   */
  read(bytes: Buffer, from: number): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = viewOf(bytes)
    }
    for (let value = 0; value < this.#starts.length; value++) this.#starts[value] = 0
    const start = behindBlanks(bytes, from)
    if (bytes[start] !== BRACE) return REFUSED
    const end = this.#readObject(bytes, start, this.#level)
    if (end === REFUSED) return REFUSED
    const at = behindBlanks(bytes, end)
    return bytes[at] === NEWLINE ? at : REFUSED
  }

  has(value: number): boolean {
    return this.#starts[value] !== 0
  }

  /** A text, a number, a boolean, null, or undefined for what the line does not have. */
  get(value: number): unknown {
    const bytes = this.#bytes
    const start = this.#starts[value] as number
    if (start === 0) return undefined
    if (bytes[start - 1] === QUOTE) return textOf(bytes, this.#view, start, this.#ends[value] as number)
    switch (bytes[start]) {
      case SMALL_T:
        return true
      case SMALL_F:
        return false
      case SMALL_N:
        return null
      default:
        return Number(bytes.toString('latin1', start, this.#ends[value]))
    }
  }

  /** What a function makes of a text's bytes; undefined for what is no text. */
  parse<Parsed>(
    value: number,
    parse: (bytes: Buffer, start: number, end: number) => Parsed,
  ): Parsed | undefined {
    const start = this.#starts[value] as number
    if (start === 0 || this.#bytes[start - 1] !== QUOTE) return undefined
    return parse(this.#bytes, start, this.#ends[value] as number)
  }

  /** @param from the place of its brace. @returns the place behind it. */
  #readObject(bytes: Buffer, from: number, level: Level): number {
    let at = behindBlanks(bytes, from + 1)
    if (bytes[at] === BRACE_END) return at + 1
    for (;;) {
      if (bytes[at] !== QUOTE) return REFUSED
      const key = at + 1
      const keyEnd = endOfRun(bytes, key)
      // A key may be written with escapes.
      if (bytes[keyEnd] !== QUOTE) return REFUSED
      at = behindBlanks(bytes, keyEnd + 1)
      if (bytes[at] !== COLON) return REFUSED
      at = behindBlanks(bytes, at + 1)
      const index = indexOfKey(level, bytes, key, keyEnd)
      at = index < 0 ? behindValue(bytes, at, 0) : this.#readValue(bytes, at, level, index)
      if (at === REFUSED) return REFUSED
      at = behindBlanks(bytes, at)
      if (bytes[at] !== COMMA) return bytes[at] === BRACE_END ? at + 1 : REFUSED
      at = behindBlanks(bytes, at + 1)
    }
  }

  #readValue(bytes: Buffer, from: number, { values, levels }: Level, index: number): number {
    const value = values[index] as number
    // Of two equal keys the last counts, with all that is below it.
    if (this.#starts[value] !== 0) return REFUSED
    const first = bytes[from]
    if (first === QUOTE) {
      const end = endOfRun(bytes, from + 1)
      this.#starts[value] = from + 1
      this.#ends[value] = end
      return bytes[end] === QUOTE ? end + 1 : REFUSED
    }
    this.#starts[value] = from
    const level = levels[index]
    if (level && first === BRACE) return this.#readObject(bytes, from, level)
    if (!level && (first === BRACE || first === BRACKET)) return REFUSED
    const end = behindValue(bytes, from, 0)
    this.#ends[value] = end
    return end
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function addKey(level: Level, key: string, value: number, below: Level | undefined): void {
  level.keys.push(new TextEncoder().encode(key))
  level.values.push(value)
  level.levels.push(below)
}

function levelBelow(level: Level, key: string, number: () => number): Level {
  const bytes = new TextEncoder().encode(key)
  const known = level.levels[indexOfKey(level, bytes, 0, bytes.length)]
  if (known) return known
  const below: Level = { keys: [], values: [], levels: [] }
  addKey(level, key, number(), below)
  return below
}

function indexOfKey({ keys }: Level, bytes: Uint8Array, from: number, end: number): number {
  const length = end - from
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as Uint8Array
    if (key.length === length && isAt(key, bytes, from)) return index
  }
  return -1
}

function isAt(part: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let n = 0; n < part.length; n++) if (part[n] !== bytes[from + n]) return false
  return true
}

function behindBlanks(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === BLANK || bytes[at] === TAB || bytes[at] === RETURN) at++
  return at
}

/** The place of the first byte that can't stand in a text as it is, or ends it. */
function endOfRun(bytes: Uint8Array, from: number): number {
  let at = from
  while (ENDS_RUN[bytes[at] as number] === 0) at++
  return at
}

function behindValue(bytes: Uint8Array, at: number, depth: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return behindText(bytes, at)
    case BRACE:
    case BRACKET:
      return depth < MAX_DEPTH ? behindNested(bytes, at, depth + 1) : REFUSED
    case SMALL_T:
    case SMALL_F:
    case SMALL_N:
      return behindWord(bytes, at)
    default:
      return behindNumber(bytes, at)
  }
}

function behindText(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; ; ) {
    at = endOfRun(bytes, at)
    if (bytes[at] === QUOTE) return at + 1
    if (bytes[at] !== BACKSLASH) return REFUSED
    if (IS_ESCAPED[bytes[at + 1] as number] === 1) at += 2
    else if (bytes[at + 1] === SMALL_U && isHex(bytes, at + 2)) at += 6
    else return REFUSED
  }
}

function isHex(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < from + 4; at++) if (IS_HEX[bytes[at] as number] !== 1) return false
  return true
}

function behindNested(bytes: Uint8Array, from: number, depth: number): number {
  const isObject = bytes[from] === BRACE
  const close = isObject ? BRACE_END : BRACKET_END
  let at = behindBlanks(bytes, from + 1)
  if (bytes[at] === close) return at + 1
  for (;;) {
    if (isObject) {
      at = bytes[at] === QUOTE ? behindText(bytes, at) : REFUSED
      if (at === REFUSED) return REFUSED
      at = behindBlanks(bytes, at)
      if (bytes[at] !== COLON) return REFUSED
      at = behindBlanks(bytes, at + 1)
    }
    at = behindValue(bytes, at, depth)
    if (at === REFUSED) return REFUSED
    at = behindBlanks(bytes, at)
    if (bytes[at] !== COMMA) return bytes[at] === close ? at + 1 : REFUSED
    at = behindBlanks(bytes, at + 1)
  }
}

function behindWord(bytes: Uint8Array, at: number): number {
  for (const word of WORDS) if (isAt(word, bytes, at)) return at + word.length
  return REFUSED
}

function behindNumber(bytes: Uint8Array, from: number): number {
  const start = bytes[from] === MINUS ? from + 1 : from
  if (!isDigit(bytes[start])) return REFUSED
  let at = bytes[start] === DIGIT_0 ? start + 1 : behindDigits(bytes, start)
  if (bytes[at] === POINT) {
    if (!isDigit(bytes[at + 1])) return REFUSED
    at = behindDigits(bytes, at + 1)
  }
  if (bytes[at] !== SMALL_E && bytes[at] !== BIG_E) return at
  at += bytes[at + 1] === MINUS || bytes[at + 1] === PLUS ? 2 : 1
  return isDigit(bytes[at]) ? behindDigits(bytes, at) : REFUSED
}

function behindDigits(bytes: Uint8Array, from: number): number {
  let at = from
  while (isDigit(bytes[at])) at++
  return at
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9
}
