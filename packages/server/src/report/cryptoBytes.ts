/**
 * Random bytes of the platform's cryptographic generator, which Node and Workers both have.
 *
 * @param length at most 65,536.
 */
export function cryptoBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length))
}
