import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { isoWeekOf, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { ROUTES } from '@voicemode-telemetry/protocol/wire/routes'
import { runCommand } from '../../packages/server/test/runCommand.ts'
import { canariesIn, canary } from './canary.ts'
import { Line } from './line.ts'
import { DAYS, Person } from './person.ts'

/** Whatever leaves or stays, by a name that says where. */
export class Sinks {
  readonly #contents = new Map<string, string>()

  add(name: string, content: Buffer | string): void {
    const text =
      typeof content === 'string' ? Buffer.from(content).toString('latin1') : content.toString('latin1')
    this.#contents.set(name, `${this.#contents.get(name) ?? ''}${text}\n`)
  }

  get names(): string[] {
    return [...this.#contents.keys()]
  }

  /** Every canary in every sink, as `sink <- place, form`, but where it may stand. */
  leaks(mayStand: readonly MayStand[]): string[] {
    return [...this.#contents].flatMap(([sink, content]) =>
      canariesIn(Buffer.from(content, 'latin1'))
        .filter(({ place }) => !mayStand.some((one) => one.place.test(place) && one.sink.test(sink)))
        .map(({ place, form }) => `${sink} <- ${place}, ${form}`),
    )
  }
}

/** Where the contract lets a canary be. */
export interface MayStand {
  place: RegExp
  sink: RegExp
}

export const TOKEN = `${canary('server: admin token')}-0123456789`

/** A person's machine, the line to a server, and the server, all real. */
export class Drive implements AsyncDisposable {
  readonly sinks = new Sinks()
  readonly #root = mkdtempSync(join(tmpdir(), 'canaries-server-'))
  readonly #persons: Person[] = []
  readonly databasePath: string
  #server: ChildProcess | undefined
  serverUrl = ''
  readonly line: Line
  readonly packages: string

  /** @param packages the folder with the sources that are run. */
  private constructor(packages: string, line: Line) {
    this.packages = packages
    this.line = line
    const folder = join(this.#root, canary("name of a file or folder: the server's folder"))
    mkdirSync(folder)
    this.databasePath = join(folder, 'telemetry.db')
  }

  static async begin(packages: string): Promise<Drive> {
    const drive = new Drive(packages, await Line.open())
    await drive.add(new Person())
    return drive
  }

  /** The one who says yes and uses everything. */
  get person(): Person {
    return this.#persons[0] as Person
  }

  get environment(): Record<string, string> {
    return this.#environmentOf(this.person)
  }

  #environmentOf(person: Person): Record<string, string> {
    return { ...person.environment, VOICEMODE_TELEMETRY_ENDPOINT: this.line.url }
  }

  /** A person with a yes of 20 days ago. @param endpoint where the events go. Default: by the line. */
  async add<Who extends Person>(person: Who, endpoint = this.line.url): Promise<Who> {
    this.#persons.push(person)
    const { createHost, grantConsent } = await import(
      pathToFileURL(join(this.packages, 'client/src/index.ts')).href
    )
    const host = createHost({
      env: { VOICEMODE_TELEMETRY_ENDPOINT: endpoint },
      homeDirectory: person.home,
      workingDirectory: person.home,
      hostName: canary('operating system: host name'),
      isCI: false,
      now: () => Date.now() - 20 * MS_PER_DAY,
    })
    await grantConsent(host, 'command')
    return person
  }

  /** Runs the client's command in the person's project. */
  async client(args: string[], env: Record<string, string> = {}, person = this.person): Promise<string> {
    const main = join(this.packages, 'client/src/main.ts')
    const { stdout, stderr } = await run(
      [main, ...args],
      { ...this.#environmentOf(person), ...env },
      person.project,
    )
    this.sinks.add(`stdout of ${args[0]}`, stdout)
    this.sinks.add(`stderr of ${args[0]}`, stderr)
    return stdout
  }

  /** A command of the server beside the server itself, in this process. */
  async operate(args: string[], env: Record<string, string> = {}): Promise<void> {
    const { stdout, stderr } = await runCommand(args, { ...this.#serverEnvironment, ...env })
    this.sinks.add(`output of the server's ${args[0]}`, stdout + stderr)
  }

  /** A server that can't start. */
  async failToStart(env: Record<string, string>): Promise<void> {
    const { stdout, stderr } = await run([join(this.packages, 'server/src/main.ts'), '--port', '0'], {
      ...this.#serverEnvironment,
      ...env,
    })
    this.sinks.add('output of a server that cannot start', stdout + stderr)
  }

  get #serverEnvironment(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
      TELEMETRY_DATABASE: `sqlite:${this.databasePath}`,
      TELEMETRY_ADMIN_TOKEN: TOKEN,
      TELEMETRY_TRUSTED_PROXY: '127.0.0.1/32',
      TELEMETRY_EVENTS_PER_ADDRESS_PER_HOUR: '100000',
      PGPASSWORD: canary('server: PGPASSWORD'),
      AWS_SECRET_ACCESS_KEY: canary('server: an environment variable'),
    }
  }

  async startServer(): Promise<void> {
    const args = [join(this.packages, 'server/src/main.ts'), '--port', '0', '--json']
    const child = spawn(process.execPath, args, { env: this.#serverEnvironment })
    this.#server = child
    let output = ''
    this.serverUrl = await new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk
          const [, url] = /^\{"url":"(.*)"\}$/m.exec(output) ?? []
          if (url) resolve(url)
        })
      }
      child.once('close', () => {
        this.sinks.add("the server's log", output)
        reject(new Error(output))
      })
    })
    this.line.leadTo(this.serverUrl)
  }

  async stopServer(): Promise<void> {
    if (!this.#server || this.#server.exitCode !== null) return
    const closed = once(this.#server, 'close')
    this.#server.kill()
    await closed
  }

  /** Sends a request to the server itself. What it answers is a sink. */
  async ask(
    path: string,
    options: RequestInit = {},
    name = `${options.method ?? 'GET'} ${path}`,
  ): Promise<Response> {
    const answer = await fetch(this.serverUrl + path, { redirect: 'manual', ...options })
    const text = await answer.clone().text()
    this.sinks.add(`answer to ${name}`, JSON.stringify([...answer.headers]) + text)
    return answer
  }

  /** Sends bytes that need not be HTTP. */
  async askRaw(bytes: string): Promise<void> {
    const socket = connect(Number(new URL(this.serverUrl).port), '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => (text += chunk)).on('error', () => {})
    socket.write(bytes)
    await once(socket, 'close')
    this.sinks.add('answer to bytes that need not be HTTP', text)
  }

  /** Asks every route that only reads, as a maintainer. */
  async readEverything(): Promise<void> {
    const headers = { authorization: `Bearer ${TOKEN}` }
    const week = isoWeekOf(DAYS[0] ?? '')
    const queries: Record<string, string[]> = {
      '/v1/charts/daily': ['', '?format=csv'],
      '/v1/charts/segments': ['?field=environment.os_type', '?field=environment.os_type&format=csv'],
      '/v1/reports/{week}': ['', '?format=csv'],
    }
    const paths = Object.keys(ROUTES)
      .filter((route) => route.startsWith('GET '))
      .flatMap((route) => (queries[route.slice(4)] ?? ['']).map((query) => route.slice(4) + query))
    for (const path of paths)
      await this.ask(path.replace('{week}', week).replace('{name}', 'none'), { headers })
  }

  /** Writes into the stored data what no server of ours writes. */
  spoilDatabase(): void {
    const database = new DatabaseSync(this.databasePath)
    const body = JSON.stringify({ note: canary('server: a stored event that cannot be read') })
    const report = `{"week": "${canary('server: a stored report that cannot be read')}`
    database
      .prepare(
        "INSERT INTO events (event_id, telemetry_id, day, body) SELECT '0', telemetry_id, day, ? FROM events LIMIT 1",
      )
      .run(body)
    database.exec('UPDATE days SET version = version + 1')
    database
      .prepare('INSERT INTO reports VALUES (?, ?, ?, 0)')
      .run(isoWeekOf(DAYS[0] ?? ''), report, DAYS[2] ?? '')
    database.close()
  }

  /** Takes what lies in the database's files now. */
  readDatabase(when: string): void {
    for (const path of globSync(`${this.databasePath}*`))
      this.sinks.add(`${path.split('/').at(-1)} ${when}`, readFileSync(path))
  }

  /** Takes what the client has written, and nothing that the person had before. */
  readFiles(): void {
    this.sinks.add('what the client sent', Buffer.concat(this.line.sent))
    for (const { root, written } of this.#persons) {
      for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        if (!entry.isFile()) continue
        const [own, content] = [
          written.get(path),
          Buffer.concat([readFileSync(path), Buffer.from(entry.name)]),
        ]
        if (own !== undefined && isOwn(content, own)) continue
        this.sinks.add(`file ${entry.name.replace(/[0-9a-f]{16}/, '*')}`, content)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopServer()
    await this.line[Symbol.asyncDispose]()
    for (const person of this.#persons) person[Symbol.dispose]()
    rmSync(this.#root, { recursive: true })
  }
}

/** Whether a file holds no other canaries than those that a test put there. */
function isOwn(content: Buffer, own: string): boolean {
  const planted = canariesIn(Buffer.from(own)).map(({ place }) => place)
  return canariesIn(content).every(({ place }) => planted.includes(place))
}

/** Runs a program of Node to its end. */
export async function run(args: string[], env: Record<string, string>, cwd?: string) {
  const child = spawn(process.execPath, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr]: Buffer[][] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout?.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr?.push(chunk))
  await once(child, 'close')
  return { stdout: Buffer.concat(stdout ?? []).toString(), stderr: Buffer.concat(stderr ?? []).toString() }
}
