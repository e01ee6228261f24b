import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Env } from '../src/host.ts'
import type { Home } from './logs.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export interface TerminalSession {
  /** Waits until the screen shows a text after what was seen before. @throws what it shows instead, once it has ended. */
  sees(text: string): Promise<void>
  type(keys: string): void
  /** Takes the terminal away, as when its window is closed. */
  hangUp(): void
  /** Waits for the end. */
  ends(): Promise<{ code: number | null; screen: string }>
}

/**
 * Runs the real command in a real terminal: `script` (util-linux) gives it a pseudo-terminal.
 *
 * @throws where `script` is missing.
 */
export function inTerminal(
  home: Home,
  args: string[],
  options: { columns?: number; env?: Env } = {},
): TerminalSession {
  return programInTerminal(home, [process.execPath, MAIN, ...args], options)
}

/** As {@link inTerminal}, but runs another program, whose arguments contain no blanks. */
export function programInTerminal(
  home: Home,
  program: string[],
  { columns = 80, env = {} }: { columns?: number; env?: Env } = {},
): TerminalSession {
  const command = `stty cols ${columns} rows 50; exec ${program.join(' ')}`
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    cwd: home.path,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      HOME: home.path,
      TERM: 'xterm',
      SHELL: '/bin/sh',
      ...env,
    } as NodeJS.ProcessEnv,
  })
  let screen = ''
  let seen = 0
  let ended = false
  let look = () => {}
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString()
    look()
  })
  const end = new Promise<{ code: number | null; screen: string }>((resolve, reject) => {
    child.on('error', () => reject(new Error('These tests need `script`: install util-linux')))
    child.on('close', (code) => {
      ended = true
      look()
      resolve({ code, screen })
    })
  })
  return {
    sees: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          const at = screen.indexOf(text, seen)
          if (at !== -1) {
            seen = at + text.length
            look = () => {}
            resolve()
          } else if (ended) reject(new Error(`The screen never showed ${JSON.stringify(text)}:\n${screen}`))
        }
        end.catch(reject)
        look()
      }),
    type: (keys) => void child.stdin.write(keys),
    hangUp: () => void child.kill('SIGKILL'),
    ends: () => end,
  }
}
