import { Writable } from 'node:stream'

/**
 * Reserves standard output for the protocol. From now on everything else that the process writes there goes to standard error,
 * including `console.log`.
 */
export function takeStdout(): Writable {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr)
  // A client that goes away closes the pipes. That must not end the process in the middle of something: it ends when its input ends.
  stdout.removeAllListeners('error').on('error', () => {})
  stderr.on('error', () => {})
  return new Writable({ write: (chunk: Buffer, _, done) => void write(chunk, done) })
}
