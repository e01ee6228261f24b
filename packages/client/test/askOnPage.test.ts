import { chmodSync, existsSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readReceipt } from '../src/consent/record.ts'
import { askOnPage, type QuestionPage } from '../src/view/askOnPage.ts'
import { run } from './commandLine.ts'
import { Home } from './logs.ts'
import { inTerminal } from './terminal.ts'
import { Viewing } from './viewing.ts'

interface Sent {
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** Sends a request as no browser would let a page send it. @returns the status. */
function send(url: string, { method = 'POST', headers = {}, body = '' }: Sent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Opens a page as a browser does. @returns what its own requests carry. */
async function openAs(page: QuestionPage): Promise<Record<string, string>> {
  const cookie = (await fetch(page.url)).headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return { cookie, origin: new URL(page.url).origin }
}

const YES = JSON.stringify({ press: 'yes' })

test('only the browser that opened the page can answer, and only from the page itself', async () => {
  using home = new Home()
  const page = (await askOnPage(home.host())) as QuestionPage
  const answer = `${page.url}answer`
  expect(await send(answer, { headers: { origin: new URL(page.url).origin }, body: YES })).toBe(403)
  const own = await openAs(page)
  const refused: [number, Sent][] = [
    [403, { headers: { ...own, cookie: '' } }],
    [403, { headers: { ...own, cookie: 'view=guessed' } }],
    [404, { headers: { cookie: own.cookie ?? '' } }],
    [404, { headers: { ...own, origin: 'null' } }],
    [404, { headers: { ...own, origin: 'http://127.0.0.1:1' } }],
    [404, { headers: { ...own, origin: 'http://evil.example', host: 'evil.example' } }],
    [404, { headers: own, method: 'GET', body: '' }],
    [405, { headers: own, method: 'PUT' }],
    [404, { headers: own, body: '{"press":"perhaps"}' }],
    [404, { headers: own, body: `{"press":"yes"}${' '.repeat(200)}` }],
    [404, { headers: own, body: 'press=yes' }],
  ]
  for (const [status, sent] of refused) expect(await send(answer, { body: YES, ...sent })).toBe(status)
  expect(existsSync(home.base)).toBe(false)
  expect(page.answer()).toBeUndefined()
  expect(await send(answer, { headers: own, body: YES })).toBe(200)
  await page.ended
  expect(page.answer()).toMatchObject({ recorded: 'yes' })
  expect(readReceipt(home.host())).toMatchObject({ decision: 'granted', channel: 'page' })
})

test('a page that only shows takes no answer', async () => {
  using home = new Home()
  await using viewing = await Viewing.here(home)
  await viewing.open()
  expect((await viewing.get('answer', { method: 'POST', body: YES })).status).toBe(405)
  expect((await viewing.get('answer')).status).toBe(404)
  expect((await viewing.data()).question).toBeNull()
})

/** Opens a page and answers it, as a browser with a person would. */
const FAKE_BROWSER = `
  const url = process.argv[1]
  const opened = await fetch(url)
  const cookie = opened.headers.getSetCookie()[0].split(';')[0]
  await fetch(url + 'answer', {
    method: 'POST', headers: { cookie, origin: new URL(url).origin }, body: '${YES}',
  })`

const ENDPOINT = { VOICEMODE_TELEMETRY_ENDPOINT: 'https://stats.example.org' }

test('enable --page asks on the page instead of in the terminal', async () => {
  using home = new Home()
  home.write(
    'bin/xdg-open',
    `#!/bin/sh\nexec ${process.execPath} --input-type=module -e '${FAKE_BROWSER.replaceAll("'", `'"'"'`)}' "$1"\n`,
  )
  chmodSync(join(home.path, 'bin/xdg-open'), 0o755)
  const PATH = `${join(home.path, 'bin')}:${process.env.PATH}`
  const env = { DISPLAY: ':0', PATH, ...ENDPOINT }
  const session = inTerminal(home, ['enable', '--page'], { env })
  await session.sees('Opening it in your browser.')
  await session.sees('Thank you.')
  expect((await session.ends()).code).toBe(0)
  expect(readReceipt(home.host())).toMatchObject({ decision: 'granted', channel: 'page' })
})

test('enable --page records nothing if nobody answers, over SSH, or without a terminal', async () => {
  using home = new Home()
  const session = inTerminal(home, ['enable', '--page'], { env: ENDPOINT })
  await session.sees('Open this URL in a browser')
  session.type('\u0003')
  await session.sees('nothing is recorded')
  expect((await session.ends()).code).toBe(1)

  const SSH_CONNECTION = '192.0.2.1 50000 192.0.2.2 22'
  const remote = inTerminal(home, ['enable', '--page'], { env: { ...ENDPOINT, SSH_CONNECTION } })
  await remote.sees('To answer in this terminal: voicemode-telemetry')
  expect((await remote.ends()).code).toBe(1)

  const { code, stderr } = await run(home, ['enable', '--page'], ENDPOINT)
  expect([code, stderr]).toEqual([1, expect.stringContaining('Only a person at a terminal')])
  expect(existsSync(home.base)).toBe(false)
})
