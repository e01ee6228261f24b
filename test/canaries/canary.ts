import { createHash } from 'node:crypto'
import { PLACE_NAMES, type Place } from './places.ts'

/** Every canary begins with it, so that one search finds them all, also where the end was cut off. */
const MARK = 'zq7kx9vw'

/** An IP address must look like one. */
const IP_ADDRESSES: Partial<Record<Place, string>> = {
  'IP address: IPv4, in X-Forwarded-For': '203.0.113.77',
  'IP address: IPv6, in X-Forwarded-For': '2001:db8:77:13::7',
}

const planted = new Set<Place>()

/** The secret of a place, which then counts as planted. Letters and digits, 16 of them. */
export function canary(place: Place): string {
  planted.add(place)
  return secretOf(place)
}

export function unplanted(): Place[] {
  return PLACE_NAMES.filter((place) => !planted.has(place))
}

function secretOf(place: Place): string {
  return IP_ADDRESSES[place] ?? MARK + createHash('sha256').update(place).digest('hex').slice(0, 8)
}

const asItIs = (bytes: Buffer) => bytes.toString('latin1')
const base64 = (bytes: Buffer, offset: number) => {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  // Digits that hold bits of what stands before or behind.
  return encoded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3))
}
const each = (bytes: Buffer, write: (byte: number) => string) => Array.from(bytes, write).join('')
const hexOf = (byte: number, digits = 2) => byte.toString(16).padStart(digits, '0')

/** How a text can be written so that it is still there. */
const FORMS: Record<string, (bytes: Buffer) => string> = {
  'as it is': asItIs,
  'in upper case': (bytes) => asItIs(bytes).toUpperCase(),
  'in hex': (bytes) => bytes.toString('hex'),
  'in upper-case hex': (bytes) => bytes.toString('hex').toUpperCase(),
  'in base64': (bytes) => base64(bytes, 0),
  'in base64, one byte on': (bytes) => base64(bytes, 1),
  'in base64, two bytes on': (bytes) => base64(bytes, 2),
  'in base64url': (bytes) => base64(bytes, 0).replaceAll('+', '-').replaceAll('/', '_'),
  'in base64url, one byte on': (bytes) => base64(bytes, 1).replaceAll('+', '-').replaceAll('/', '_'),
  'in base64url, two bytes on': (bytes) => base64(bytes, 2).replaceAll('+', '-').replaceAll('/', '_'),
  'percent-encoded': (bytes) => each(bytes, (byte) => `%${hexOf(byte)}`),
  'percent-encoded in upper case': (bytes) => each(bytes, (byte) => `%${hexOf(byte).toUpperCase()}`),
  'escaped for JSON': (bytes) => each(bytes, (byte) => `\\u${hexOf(byte, 4)}`),
  'as entities': (bytes) => each(bytes, (byte) => `&#${byte};`),
  'in UTF-16': (bytes) => each(bytes, (byte) => `${String.fromCharCode(byte)}\0`),
  'in UTF-16, big-endian': (bytes) => each(bytes, (byte) => `\0${String.fromCharCode(byte)}`),
  reversed: (bytes) => asItIs(bytes.toReversed() as Buffer),
}

const inForms = (text: string) =>
  Object.entries(FORMS).map(([form, write]) => ({ form, needle: write(Buffer.from(text)) }))
const MARKS = inForms(MARK)

const NEEDLES = PLACE_NAMES.map((place) => ({ place, forms: inForms(secretOf(place)) }))

/** Of which places a canary stands in some bytes, and in which form. */
export function canariesIn(bytes: Buffer): { place: Place | 'a canary that was cut off'; form: string }[] {
  const text = bytes.toString('latin1')
  const marked = MARKS.filter(({ needle }) => text.includes(needle)).map(({ form }) => form)
  const found = NEEDLES.flatMap(({ place, forms }) => {
    const possible = IP_ADDRESSES[place] ? forms : forms.filter(({ form }) => marked.includes(form))
    return possible.filter(({ needle }) => text.includes(needle)).map(({ form }) => ({ place, form }))
  })
  const cutOff = marked.filter((form) => found.every((whole) => whole.form !== form))
  return [...found, ...cutOff.map((form) => ({ place: 'a canary that was cut off' as const, form }))]
}
