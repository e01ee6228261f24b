import { hash } from 'node:crypto'

/** SHA-256 of a text, in lower-case hex digits. At once: WebCrypto's waits for other threads. */
export function sha256(text: string): string {
  return hash('sha256', text)
}
