import { type Day, dayAt, type TelemetryEvent } from '@voicemode-telemetry/protocol'
import { afterAll, beforeAll, expect } from 'vitest'
import openApi from '../../src/public/openApi.json' with { type: 'json' }
import { type AnswerCheck, createAnswerCheck } from '../answerCheck.ts'
import { eventOf } from '../events.ts'

export interface HttpServer {
  /** As `http://127.0.0.1:40001`. */
  url: string
  stop(): Promise<unknown>
}

/** A server on an empty store. Where no limit for addresses is given, there is as good as none. */
export type StartHttpServer = (options: {
  eventsPerAddressPerHour?: number
  adminToken?: string
}) => Promise<HttpServer>

/** A server that tests share, and how to start another. */
export interface HttpUnderTest {
  readonly url: string
  start: StartHttpServer
  /** Asks a server, and holds what it answers to its description. */
  fetch(url: string, init?: RequestInit): Promise<Response>
  /** The described answers that were had, see {@link AnswerCheck}. */
  had: ReadonlySet<string>
  /** Posts a body to `/v1/events`. @param url of another server than the shared one. */
  post(
    body: NonNullable<RequestInit['body']>,
    headers?: Record<string, string>,
    url?: string,
  ): Promise<Response>
  send(event: TelemetryEvent, headers?: Record<string, string>, url?: string): Promise<Response>
}

/** In whatever is refused; it must be in no answer. */
export const CANARY = 'canary4711canary4711canary'

export const JSON_TYPE = { 'content-type': 'application/json' }

/** Starts the shared server before the tests and stops it behind them. */
export function shareServer(start: StartHttpServer): HttpUnderTest {
  let server: HttpServer
  beforeAll(async () => {
    server = await start({})
  })
  afterAll(() => server.stop())

  const { complaintsAbout, given: had } = createAnswerCheck(openApi)
  const fetch: HttpUnderTest['fetch'] = async (url, init = {}) => {
    const answer = await globalThis.fetch(url, init)
    const { pathname, search } = new URL(answer.url)
    const asked = { method: answer.redirected ? 'GET' : (init.method ?? 'GET'), path: pathname + search }
    const { status, headers } = answer
    const complaints = complaintsAbout({ ...asked, status, headers, body: await answer.clone().text() })
    expect(complaints, `${asked.method} ${asked.path}`).toEqual([])
    return answer
  }
  const post: HttpUnderTest['post'] = (body, headers = JSON_TYPE, url = server.url) =>
    fetch(`${url}/v1/events`, { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
  return {
    get url() {
      return server.url
    },
    start,
    fetch,
    had,
    post,
    send: (event, headers = {}, url = server.url) =>
      post(JSON.stringify(event), { ...JSON_TYPE, ...headers }, url),
  }
}

let installations = 1000

/** An event of an installation that has sent none. */
export function newEvent(day: Day = dayAt(Date.now())): Promise<TelemetryEvent> {
  return eventOf({ installation: installations++, day })
}

/** Expects a refusal that names these fields and repeats nothing of what was sent. */
export async function expectProblem(answer: Response, status: number, type: string, ...fields: string[]) {
  const text = await answer.text()
  expect(text).not.toContain(CANARY)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const problem = JSON.parse(text)
  expect(problem).toMatchObject({ status, type: `/problems/${type}`, title: expect.any(String) })
  expect(answer.status).toBe(status)
  expect((problem.problems ?? []).map(({ field }: { field: string }) => field)).toEqual(fields)
}
