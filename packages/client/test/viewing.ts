import { request } from 'node:http'
import { readJsonAs } from '@voicemode-telemetry/protocol'
import {
  type ReportAnswer,
  reportAnswerSchema,
  type ViewData,
  viewDataSchema,
} from '@voicemode-telemetry/protocol/wire/viewer'
import { expect } from 'vitest'
import type { Env } from '../src/host.ts'
import { findPage } from '../src/view/page.ts'
import { startViewer } from '../src/view/viewServer.ts'
import { start } from './commandLine.ts'
import type { Home } from './logs.ts'

/** A viewer, and a browser's manners with it; it has ended after `await using`. */
export class Viewing implements AsyncDisposable {
  readonly url: string
  readonly #end: () => Promise<unknown>
  #cookie = ''

  private constructor(url: string, end: () => Promise<unknown>) {
    this.url = url
    this.#end = end
  }

  /** One in this process. */
  static async here(home: Home, env: Env = {}): Promise<Viewing> {
    const options = { page: findPage() ?? '', days: 2, port: 0, idleMs: 60_000 }
    const viewer = await startViewer(home.host({ env }), options)
    return new Viewing(viewer.url, async () => viewer.close())
  }

  /** The real command as a process of its own. */
  static async start(home: Home, args: string[] = [], env: Env = {}) {
    const { child, finished } = start(home, ['view', ...args], env)
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()))
      finished.then(({ stderr }) => reject(new Error(`it ended: ${stderr}`)))
    })
    const viewing = new Viewing(url, () => {
      child.kill('SIGKILL')
      return finished
    })
    const interrupt = () => {
      child.kill('SIGINT')
      return finished
    }
    return Object.assign(viewing, { interrupt })
  }

  /** Opens the address as a browser does, and keeps the cookie. */
  async open(): Promise<Response> {
    const answer = await fetch(this.url)
    this.#cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    return answer
  }

  /** Asks for something below the address, as the browser that opened it. */
  get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, { ...init, headers: { cookie: this.#cookie } })
  }

  /** What the page is made of. */
  data(): Promise<ViewData> {
    return this.#read(viewDataSchema, 'data.json')
  }

  report(): Promise<ReportAnswer> {
    return this.#read(reportAnswerSchema, 'report.json')
  }

  /** Reads an answer, which must hold what its schema says and nothing else. */
  async #read<Schema extends typeof viewDataSchema | typeof reportAnswerSchema>(
    schema: Schema,
    path: string,
  ) {
    const text = await (await this.get(path)).text()
    const answer = readJsonAs(schema, text)
    expect(answer).toEqual(JSON.parse(text))
    if (answer === undefined) throw new TypeError('no answer')
    return answer
  }

  /** The status for a request under another name of this machine, with the cookie. */
  statusUnder(host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      request(this.url, { headers: { host, cookie: this.#cookie } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
  }
}
