import { Writable } from 'node:stream'

/**
 * Takes standard output for the protocol alone. Whatever else the process writes there, `console.log` included, goes to
 * standard error from now on.
 */
export function takeStdout(): Writable {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr)
  // A client that goes away closes the pipes; the stream below tells of that, and the process ends with its input.
  stdout.on('error', () => {})
  stderr.on('error', () => {})
  return new Writable({ write: (chunk: Buffer, _, done) => void write(chunk, done) })
}
