import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Env } from '../src/host.ts'
import type { Home } from './logs.ts'

export const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** An option of Node: the process's working directory is removed before the program starts. */
export const IN_GONE_FOLDER = `--import=data:text/javascript,${encodeURIComponent(`
  import { mkdtempSync, rmdirSync } from 'node:fs'
  process.chdir(mkdtempSync(${JSON.stringify(join(tmpdir(), 'gone-'))}))
  rmdirSync(process.cwd())`)}`

export interface Finished {
  code: number | null
  stdout: Buffer
  stderr: string
}

/** Starts the real command as a process of its own, in a home of the test's, with nothing else in its environment. */
export function start(home: Home, args: string[], env: Env = {}, workingDirectory = home.path) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: workingDirectory,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      HOME: home.path,
      USERPROFILE: home.path,
      ...env,
    } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  const finished = new Promise<Finished>((resolve) =>
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
    ),
  )
  return { child, finished }
}

export function run(home: Home, args: string[], env: Env = {}, workingDirectory?: string): Promise<Finished> {
  return start(home, args, env, workingDirectory).finished
}
