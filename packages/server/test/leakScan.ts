import { createHash } from 'node:crypto'

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
export function leaksIn(bytes: Buffer): string[] {
  return FORMS.filter(({ form }) => bytes.includes(form)).map(({ name }) => name)
}
