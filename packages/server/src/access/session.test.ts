import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { NOON } from '../../test/events.ts'
import { MS_PER_HOUR } from '../host.ts'
import { endSession, hasSession, readSession, SESSION_HOURS, startSession } from './session.ts'

const TOKEN = 'correct horse battery staple'

/** What a browser is told to keep when it signs in, or out. */
async function cookieFrom(path: '/in' | '/out', host = 'localhost'): Promise<string> {
  const app = new Hono()
  app.get('/in', async (context) => {
    await startSession(context, TOKEN, NOON)
    return context.body(null)
  })
  app.get('/out', (context) => {
    endSession(context)
    return context.body(null)
  })
  const answer = await app.request(`http://${host}${path}`)
  return answer.headers.get('set-cookie') ?? ''
}

async function isSignedIn(cookie: string, token: string, now: number): Promise<boolean> {
  const app = new Hono()
  app.get('/', async (context) => context.json(await hasSession(context, token, now)))
  const answer = await app.request('/', { headers: { cookie: cookie.split(';')[0] ?? '' } })
  return (await answer.json()) === true
}

test('a session lasts 12 hours and not a moment longer', async () => {
  const cookie = await cookieFrom('/in')
  expect(await isSignedIn(cookie, TOKEN, NOON + SESSION_HOURS * MS_PER_HOUR - 1)).toBe(true)
  expect(await isSignedIn(cookie, TOKEN, NOON + SESSION_HOURS * MS_PER_HOUR)).toBe(false)
})

test('a session dies with its token', async () => {
  expect(await isSignedIn(await cookieFrom('/in'), `${TOKEN}!`, NOON)).toBe(false)
})

test('a cookie travels over https only, unless the server is reached as this machine', async () => {
  for (const path of ['/in', '/out'] as const) {
    expect(await cookieFrom(path, 'telemetry.example')).toMatch(/; HttpOnly; Secure; SameSite=Strict$/)
    expect(await cookieFrom(path)).toMatch(/; HttpOnly; SameSite=Strict$/)
  }
  expect(await cookieFrom('/out')).toMatch(/Max-Age=0;/)
})

test('what is wrong with a session is told apart: none, of another token, ended', async () => {
  const cookie = (await cookieFrom('/in')).split(';')[0] ?? ''
  const stateOf = async (sent: string, token = TOKEN, now = NOON) => {
    const app = new Hono()
    app.get('/', async (context) => context.text(await readSession(context, token, now)))
    return (await app.request('/', { headers: { cookie: sent } })).text()
  }
  expect(await stateOf(cookie)).toBe('valid')
  expect(await stateOf('other=1')).toBe('none')
  expect(await stateOf(cookie, `${TOKEN}x`)).toBe('other')
  expect(await stateOf(cookie, TOKEN, NOON + SESSION_HOURS * MS_PER_HOUR)).toBe('ended')
})
