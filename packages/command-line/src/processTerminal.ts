import { fstatSync, writeSync } from 'node:fs'
import { EXIT } from './exit.ts'
import type { Terminal } from './terminal.ts'

/** The terminal of this process. */
export function processTerminal(): Terminal {
  // Node makes a stream when it is first asked for, so a command that needs fewer of them starts faster.
  const getStdout = () => process.stdout.off('error', endBy).on('error', endBy)
  const getStderr = () => process.stderr.off('error', ignore).on('error', ignore)
  let shown = false
  let needsStream = isDevice(STDOUT)
  return {
    get isInteractive() {
      return Boolean(isDevice(STDOUT) && getStdout().isTTY && process.stderr.isTTY && process.stdin.isTTY)
    },
    get columns() {
      // A terminal that doesn't know its size says 0.
      return getStdout().columns || process.stderr.columns || 80
    },
    out: (text) => {
      const rest = needsStream ? text : writeDirectly(text)
      if (rest.length === 0) return
      needsStream = true
      getStdout().write(rest)
    },
    err: (text) => void getStderr().write(text),
    progress: (line) => {
      const stderr = getStderr()
      if (!stderr.isTTY || (line === undefined && !shown)) return
      stderr.write(`\r\u001b[K${line ?? ''}`)
      shown = line !== undefined
    },
    ask: async (question) => {
      const { createInterface } = await import('node:readline')
      const stderr = getStderr()
      const lines = createInterface({ input: process.stdin, output: stderr })
      return new Promise((resolve) => {
        const giveUp = () => {
          stderr.write('\n')
          resolve(undefined)
        }
        lines.on('SIGINT', () => lines.close())
        lines.on('close', giveUp)
        lines.question(question, (typed) => {
          lines.off('close', giveUp)
          lines.close()
          resolve(typed)
        })
      })
    },
    interrupted: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve())
      }),
  }
}

function ignore(): void {}

const STDOUT = 1

/** Whether a terminal may be there, rather than a file or a pipe. */
function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice()
  } catch {
    return true
  }
}

/** Writes to a file or a pipe without a stream. @returns what a reader that is slow has not taken yet. */
function writeDirectly(text: string): Buffer {
  let rest = Buffer.from(text)
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(STDOUT, rest))
  } catch (error) {
    const failure = error as NodeJS.ErrnoException
    if (failure.code !== 'EAGAIN') endBy(failure)
  }
  return rest
}

/** What is said of a pipe whose reader is gone; the second where it is a pair of sockets, as Node makes them, with text left in it. */
const READER_IS_GONE = ['EPIPE', 'ECONNRESET']

/** A reader such as `head` may close the pipe, which is not an error. A full disk is one. */
function endBy({ code = '' }: NodeJS.ErrnoException): void {
  process.exit(READER_IS_GONE.includes(code) ? 0 : EXIT.failed)
}
