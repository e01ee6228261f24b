import { expect, test } from 'vitest'
import { NOON } from '../../test/events.ts'
import { MS_PER_HOUR } from '../host.ts'
import { createSession, hasSession, SESSION_HOURS, sessionCookie } from './session.ts'

const TOKEN = 'correct horse battery staple'

function requestWith(session: string): Request {
  const [cookie = ''] = sessionCookie(session, false).split(';')
  return new Request('http://localhost/', { headers: { cookie } })
}

test('a session lasts 12 hours and not a moment longer', async () => {
  const request = requestWith(await createSession(TOKEN, NOON))
  expect(await hasSession(request, TOKEN, NOON + SESSION_HOURS * MS_PER_HOUR - 1)).toBe(true)
  expect(await hasSession(request, TOKEN, NOON + SESSION_HOURS * MS_PER_HOUR)).toBe(false)
})

test('a session dies with its token', async () => {
  const request = requestWith(await createSession(TOKEN, NOON))
  expect(await hasSession(request, `${TOKEN}!`, NOON)).toBe(false)
})

test('a cookie travels over https only, where it is to', () => {
  expect(sessionCookie('1.a', true)).toMatch(/; HttpOnly; SameSite=Strict; Secure$/)
  expect(sessionCookie(undefined, true)).toMatch(/Max-Age=0; .*; Secure$/)
})
