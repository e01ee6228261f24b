import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { grantConsent } from 'voicemode-telemetry'
import { IN_GONE_FOLDER } from '../../client/test/commandLine.ts'
import { Home } from '../../client/test/logs.ts'
import { Receiver } from '../../client/test/receiver.ts'
import { NAME, VERSION } from '../src/server.ts'
import { Assistant, MAIN, PROTOCOLS, READING } from './assistant.ts'

interface Message {
  jsonrpc?: string
  id?: unknown
  method?: string
  result?: { isError?: boolean; structuredContent?: Record<string, unknown> }
  error?: unknown
}

/** Speaks with the real server by hand, and keeps every line that it writes. */
class Wire implements AsyncDisposable {
  readonly lines: string[] = []
  stderr = ''
  readonly #child
  readonly #waiting = new Map<unknown, (message: Message) => void>()
  readonly #ended: Promise<number | null>
  #nextId = 1

  constructor(home: Home, { args = [] as string[], nodeArgs = [] as string[], env = {} } = {}) {
    this.#child = spawn(process.execPath, [...nodeArgs, MAIN, ...args], {
      cwd: '/',
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        HOME: home.path,
        USERPROFILE: home.path,
        ...env,
      } as NodeJS.ProcessEnv,
    })
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString()
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.lines.push(line)
      const message = JSON.parse(line.startsWith('{') ? line : '{}') as Message
      this.#waiting.get(message.method ?? message.id)?.(message)
    })
    this.#ended = new Promise((resolve) => this.#child.on('close', resolve))
  }

  send(message: object | string): void {
    const text = typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message })
    this.#child.stdin.write(`${text}\n`)
  }

  request(method: string, params: object = {}): Promise<Message> {
    const id = this.#nextId++
    this.send({ id, method, params })
    return this.next(id)
  }

  /** The next answer with an id, or the next request of a method. */
  next(idOrMethod: unknown): Promise<Message> {
    return new Promise((resolve) => this.#waiting.set(idOrMethod, resolve))
  }

  async initialize(capabilities: object = {}): Promise<void> {
    const clientInfo = { name: 'claude-code', version: '1' }
    await this.request('initialize', { protocolVersion: '2025-06-18', capabilities, clientInfo })
    this.send({ method: 'notifications/initialized' })
  }

  call(name: string, args: object = {}): Promise<Message> {
    return this.request('tools/call', { name, arguments: args })
  }

  /** Stops reading standard error, as a log that ends does. */
  closeStderr(): void {
    this.#child.stderr.destroy()
  }

  /** Ends the input, as a client does that goes away, and waits for the process. */
  ends(): Promise<number | null> {
    this.#child.stdin.end()
    return this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill()
    await this.#ended
  }
}

function isProtocol(line: string): boolean {
  return (JSON.parse(line) as Message).jsonrpc === '2.0'
}

test('standard output holds nothing but JSON-RPC, whatever is called and however it is asked', async () => {
  using home = new Home()
  await using wire = new Wire(home)
  wire.send('this is no JSON')
  wire.send('[]')
  await wire.initialize()
  await wire.request('tools/list')
  await wire.request('resources/list')
  await wire.request('no/such/method')
  await wire.request('resources/read', { uri: 'voicemode://telemetry/status' })
  await wire.request('resources/read', { uri: 'voicemode://telemetry/none' })
  for (const name of ['telemetry_check_status', 'telemetry_preview', 'telemetry_forget', 'none'])
    await wire.call(name)
  for (const enabled of [true, false, 'yes']) await wire.call('telemetry_set_preference', { enabled })
  expect(await wire.ends()).toBe(0)
  expect(wire.lines.length).toBeGreaterThanOrEqual(13)
  expect(wire.lines.filter((line) => !isProtocol(line))).toEqual([])
  expect(wire.stderr).toBe('')
})

test('it serves in a folder that is gone, and to a user without a home', async () => {
  using home = new Home()
  await using wire = new Wire(home, { nodeArgs: [IN_GONE_FOLDER], env: { HOME: devNull } })
  await wire.initialize()
  const told = await wire.call('telemetry_check_status')
  expect(told.result?.structuredContent).toMatchObject({
    decided_by: 'no home',
    reason: 'this user has no home directory, so no answer can be recorded',
  })
  expect(wire.stderr).toBe('')
})

/** Code that prints whenever the settings are read, which is after the server has taken standard output. */
const NOISE = `
  import fs from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  const { readFileSync } = fs
  fs.readFileSync = (path, ...rest) => {
    if (String(path).endsWith('voicemode.env') && console.log('logged') === undefined) process.stdout.write('written\\n')
    return readFileSync(path, ...rest)
  }
  syncBuiltinESMExports()`

test('what other code prints goes to standard error', async () => {
  using home = new Home()
  home.write('.voicemode/voicemode.env', '')
  await using wire = new Wire(home, {
    nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(NOISE)}`],
  })
  await wire.initialize()
  await wire.call('telemetry_check_status')
  expect(await wire.ends()).toBe(0)
  expect(wire.lines.filter((line) => !line.startsWith('{') || !isProtocol(line))).toEqual([])
  expect(wire.stderr).toMatch(/logged\nwritten/)
})

test('it goes on when nobody reads its standard error any more', async () => {
  using home = new Home()
  home.write('.voicemode/voicemode.env', '')
  await using wire = new Wire(home, {
    nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(NOISE)}`],
  })
  await wire.initialize()
  wire.closeStderr()
  for (let n = 0; n < 3; n++) {
    expect((await wire.call('telemetry_check_status')).result?.isError).toBeFalsy()
  }
  expect(await wire.ends()).toBe(0)
})

test('an answer that breaks the protocol records nothing, and the server goes on', async () => {
  using home = new Home()
  await using wire = new Wire(home, { nodeArgs: READING })
  await wire.initialize({ elicitation: {} })
  const broken: object[] = [
    { result: {} },
    { result: { action: 'agree', content: { send: 'yes' } } },
    { result: { action: 'accept' } },
    { result: { action: 'accept', content: 'yes' } },
    { result: { action: 'accept', content: { send: { yes: true } } } },
    { result: { action: 'accept', content: { send: true } } },
    { result: { action: 'accept', content: { send: 'Yes' } } },
    { result: { action: 'decline', content: { send: 'yes' } } },
    { result: 'yes' },
    { error: { code: -1, message: 'yes' } },
  ]
  for (const answer of broken) {
    const asked = wire.next('elicitation/create')
    const told = wire.call('telemetry_set_preference', { enabled: true })
    wire.send({ id: (await asked).id, ...answer })
    // Of an answer that is no answer at all the question stays open; then the person takes it back.
    if (answer === broken[8]) wire.send({ id: (await asked).id, result: { action: 'cancel' } })
    const { result } = await told
    expect([result?.isError, result?.structuredContent?.outcome]).not.toEqual([undefined, 'yes recorded'])
    expect(existsSync(join(home.base, 'telemetry_consent.json'))).toBe(false)
  }
  const asked = wire.next('elicitation/create')
  const told = wire.call('telemetry_set_preference', { enabled: true })
  wire.send({ id: (await asked).id, result: { action: 'accept', content: { send: 'yes' } } })
  expect((await told).result?.structuredContent).toMatchObject({ outcome: 'yes recorded' })
})

test('the server ends when its client goes away, also while a question is open', async () => {
  using home = new Home()
  await using wire = new Wire(home)
  await wire.initialize({ elicitation: {} })
  const asked = wire.next('elicitation/create')
  void wire.call('telemetry_set_preference', { enabled: true })
  await asked
  expect(await wire.ends()).toBe(0)
  expect(existsSync(join(home.base, 'telemetry_consent.json'))).toBe(false)
})

describe('at the start', () => {
  test('what is due is sent in the background, and tells which assistant it was', async () => {
    using home = new Home()
    await using receiver = await Receiver.start()
    const twoDaysAgo = Date.now() - 2 * 24 * 60 * 60 * 1000
    const day = new Date(twoDaysAgo).toISOString().slice(0, 10)
    const line = {
      version: 3,
      timestamp: `${day}T12:00:00Z`,
      conversation_id: 'a',
      type: 'tts',
      metadata: {},
    }
    home.writeLogs({
      conversations: new Map([[`exchanges_${day}.jsonl`, [JSON.stringify(line)]]]),
      events: new Map(),
    })
    await grantConsent(home.host({ now: () => twoDaysAgo - 24 * 60 * 60 * 1000 }), 'command')
    const arrived = receiver.nextRequest()
    await using wire = new Wire(home, { env: { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url } })
    await wire.initialize()
    await arrived
    const [body = ''] = receiver.bodies.map(String)
    expect(JSON.parse(body)).toMatchObject({
      environment: { mcp_host: 'claude-code' },
      usage: { total_sessions: 1 },
    })
  })

  test.each(PROTOCOLS)('who was known stays known after a name that says nothing (%s)', async (protocol) => {
    using home = new Home()
    await grantConsent(home.host(), 'command')
    const remembered = () => readFileSync(join(home.base, 'telemetry_state.json'), 'utf8')
    const connect = async (name: string) => {
      await using assistant = await Assistant.start(home, { name, protocol })
      await assistant.call('telemetry_check_status')
    }
    await connect('gemini-cli-mcp-client')
    for (const name of ['mcp-test-client', 'inspector-cli', 'mcporter']) {
      await connect(name)
      expect(remembered(), name).toContain('"mcpHost": "gemini-cli"')
    }
    await connect('factory-cli')
    expect(remembered()).toContain('"mcpHost": "other"')
  })

  test('without a yes nothing is sent and nothing is written', async () => {
    using home = new Home()
    await using receiver = await Receiver.start()
    await using wire = new Wire(home, { env: { VOICEMODE_TELEMETRY_ENDPOINT: receiver.url } })
    await wire.initialize()
    await wire.call('telemetry_check_status')
    expect(await wire.ends()).toBe(0)
    expect(receiver.connections).toBe(0)
    expect(existsSync(home.base)).toBe(false)
  })
})

describe('a person who starts it by hand', () => {
  test('reads the version of the package', async () => {
    using home = new Home()
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as object
    expect(manifest).toMatchObject({ name: NAME, version: VERSION })
    await using wire = new Wire(home, { args: ['--version'] })
    expect(await wire.ends()).toBe(0)
    expect(wire.lines).toEqual([VERSION])
  })

  test('is told that there is no such option', async () => {
    using home = new Home()
    await using wire = new Wire(home, { args: ['--verbose'] })
    expect(await wire.ends()).toBe(2)
    expect(wire.lines).toEqual([])
    expect(wire.stderr).toMatch(/no such option: --verbose\.\nSee: .* --help\n$/)
  })
})
