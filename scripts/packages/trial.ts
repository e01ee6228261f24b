import { type ChildProcess, execFileSync, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { root } from './contents.ts'

/** Installs a Node of a version into a folder, by the npm package `node`. @returns the folder of its binary. */
export function installNode(version: string, folder: string): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', `node@${version}`], { cwd: folder })
  return join(folder, 'node_modules/.bin')
}

function run(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): string {
  const shell = process.platform === 'win32'
  return execFileSync(command, args, {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell,
  })
}

export interface Step {
  what: string
  /** What went wrong; undefined if nothing did. */
  problem?: string
}

/** What people do with the packages, from an empty folder on. Each trial has a home and a database of its own. */
class Trial {
  readonly folder: string
  readonly #env: NodeJS.ProcessEnv
  readonly #npmEnv: NodeJS.ProcessEnv
  readonly #running: ChildProcess[] = []

  /** @param bin the folder with the binary of the Node that everything runs on. */
  constructor(folder: string, bin: string) {
    this.folder = folder
    const home = join(folder, 'home')
    this.#env = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: home, USERPROFILE: home }
    // npm finds its registry by what is set outside.
    this.#npmEnv = { ...process.env, PATH: this.#env.PATH }
    mkdirSync(join(home, '.voicemode/logs/conversations'), { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  }

  env(more: NodeJS.ProcessEnv): void {
    Object.assign(this.#env, more)
  }

  run(command: string, ...args: string[]): string {
    return run(command, args, { cwd: this.folder, env: this.#env })
  }

  install(tarballs: readonly string[]): void {
    const args = ['install', '--silent', '--engine-strict', '--no-audit', '--no-fund', ...tarballs]
    run('npm', args, { cwd: this.folder, env: this.#npmEnv })
  }

  npx(...args: string[]): string {
    return this.run('npx', '--no-install', ...args)
  }

  /** Runs a program in a terminal, by `script` of util-linux, and types something. @returns what the screen shows. */
  inTerminal(command: string, keys: string): string {
    const args = ['--quiet', '--return', '--command', command, '/dev/null']
    const { stdout, status } = spawnSync('script', args, { ...this.#options, input: keys, encoding: 'utf8' })
    if (status !== 0) throw new Error(`ended with ${status}: ${stdout}`)
    return stdout
  }

  /** Starts a command that runs until the trial is over. */
  start(command: string): { child: ChildProcess; lines: Interface } {
    const child = spawn(
      join(this.folder, 'node_modules/.bin', command.split(' ')[0] ?? ''),
      command.split(' ').slice(1),
      {
        ...this.#options,
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    )
    this.#running.push(child)
    if (!child.stdout) throw new Error('nothing can be read from it')
    return { child, lines: createInterface({ input: child.stdout }) }
  }

  get #options(): SpawnOptions {
    return { cwd: this.folder, env: this.#env }
  }

  async end(): Promise<void> {
    for (const child of this.#running) {
      if (child.exitCode !== null) continue
      child.kill()
      await once(child, 'exit')
    }
  }
}

const MS_PER_DAY = 86_400_000
const DAY = new Date(Date.now() - MS_PER_DAY).toISOString().slice(0, 10)
const EXAMPLE = 'embed'
/** A yes of long ago, so that a day is due. Like every program of a trial it imports the package by its name. */
const LONG_AGO = `import { createHost, grantConsent } from 'voicemode-telemetry'
await grantConsent(createHost({ now: () => Date.now() - 20 * ${MS_PER_DAY} }), 'command')
`

/** Goes the whole way on one Node. After a step that fails, the others are still tried. */
export async function tryPackages(folder: string, bin: string, tarballs: readonly string[]): Promise<Step[]> {
  mkdirSync(folder, { recursive: true })
  const trial = new Trial(folder, bin)
  const steps: Step[] = []
  let preview = ''
  const ways: [what: string, go: () => unknown][] = [
    ['install', () => trial.install(tarballs)],
    ['types, node16', () => compile(trial, ['--module', 'node16', '--noEmit'])],
    [
      'types, bundler',
      () => compile(trial, ['--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2023']),
    ],
    ['server', async () => trial.env({ VOICEMODE_TELEMETRY_ENDPOINT: await startServer(trial) })],
    [
      'preview',
      () => {
        writeLog(folder)
        preview = trial.npx('voicemode-telemetry', 'preview')
        expect(JSON.parse(preview).usage.total_sessions === 1, 'one session is counted')
      },
    ],
    ['status', () => expectState(trial, 'unset')],
    [
      'example',
      () => {
        if (process.platform === 'linux') trial.inTerminal(`node ${EXAMPLE}.js`, 'y\n')
        else trial.run('node', EXAMPLE)
        const state = process.platform === 'linux' ? 'granted' : 'unset'
        const node = (...words: string[]) => trial.run('node', `${EXAMPLE}.js`, ...words)
        expect(node('status').startsWith(`${state}: `), 'it knows the answer')
        // What was before the yes is not counted.
        expect(node('show').includes('Nothing was counted') === (state === 'granted'), 'it shows the day')
        node('send')
        expect(node('off').includes('Telemetry is off'), 'it turns telemetry off')
        expectState(trial, 'denied')
      },
    ],
    [
      'yes and send',
      () => {
        writeFileSync(join(folder, 'longAgo.js'), LONG_AGO)
        trial.run('node', 'longAgo.js')
        expectState(trial, 'granted')
        preview = trial.npx('voicemode-telemetry', 'preview')
        const { events } = JSON.parse(trial.npx('voicemode-telemetry', 'send', '--json'))
        expect(
          events.some(
            (event: { day: string; outcome: string }) => event.day === DAY && event.outcome === 'sent',
          ),
          'it is sent',
        )
        expect(
          trial.npx('voicemode-telemetry', 'export').includes(JSON.parse(preview).event_id),
          'the server has it',
        )
      },
    ],
    ['MCP', () => talkToAssistant(trial)],
    ['disable', () => trial.npx('voicemode-telemetry', 'disable')],
  ]
  for (const [what, go] of ways) {
    try {
      await go()
      steps.push({ what })
    } catch (error) {
      const { message, stderr = '', stdout = '' } = error as Error & { stderr?: string; stdout?: string }
      steps.push({ what, problem: [message, stdout, stderr].join('\n').trim() })
    }
  }
  await trial.end()
  return steps
}

function expect(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`not so: ${what}`)
}

function writeLog(folder: string): void {
  const line = {
    version: 3,
    timestamp: `${DAY}T10:00:00Z`,
    conversation_id: 'a',
    type: 'tts',
    text: 'private',
    metadata: {},
  }
  const path = `home/.voicemode/logs/conversations/exchanges_${DAY}.jsonl`
  writeFileSync(join(folder, path), `${JSON.stringify(line)}\n`)
}

/** Checks the library's declarations with the example, and makes the program that is run. */
function compile(trial: Trial, options: readonly string[]): void {
  copyFileSync(join(root, `examples/${EXAMPLE}.ts`), join(trial.folder, `${EXAMPLE}.ts`))
  const types = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node']
  run('tsc', ['--strict', '--ignoreConfig', ...options, ...types, `${EXAMPLE}.ts`], { cwd: trial.folder })
}

function expectState(trial: Trial, state: string): void {
  const told = JSON.parse(trial.npx('voicemode-telemetry', 'status', '--json')).state
  expect(told === state, `the state is ${state}, not ${told}`)
}

async function startServer(trial: Trial): Promise<string> {
  const { child, lines } = trial.start(
    'voicemode-telemetry-server --port 0 --json --database sqlite:telemetry.db',
  )
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with ${code}`))),
  ])
  return JSON.parse(line).url
}

/** Speaks to the MCP server by hand, as an assistant does. */
async function talkToAssistant(trial: Trial): Promise<void> {
  const { child, lines } = trial.start('voicemode-telemetry-mcp')
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code}`)))
  ended.catch(() => {})
  const send = (message: object) => child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const ask = async (id: number, method: string, params: object = {}) => {
    send({ id, method, params })
    for (;;) {
      const [line] = await Promise.race([once(lines, 'line'), ended])
      const message = JSON.parse(line)
      if (message.id === id) return message.result
    }
  }
  const clientInfo = { name: 'packages', version: '1' }
  await ask(1, 'initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
  send({ method: 'notifications/initialized' })
  const { tools } = await ask(2, 'tools/list')
  const name = 'telemetry_check_status'
  expect(
    tools.some((tool: { name: string }) => tool.name === name),
    'it lists its tools',
  )
  const { structuredContent } = await ask(3, 'tools/call', { name, arguments: {} })
  expect(structuredContent.state === 'granted', 'a tool tells the state')
}
