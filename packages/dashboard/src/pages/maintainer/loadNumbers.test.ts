import type { Count } from '@voicemode-telemetry/protocol/wire/charts'
import { expect, it } from 'vitest'
import { loadNumbers } from './loadNumbers.ts'

const days = { from: '2026-11-16', to: '2026-11-22' }
const uv = { field: 'environment.install_method', value: 'uv' }

/** A server that was set up on a day, with one installation on each; a filter has no counts before a day. */
function serverOf(since: string, filteredFrom = since): typeof fetch {
  return async (url) => {
    const { pathname, searchParams } = new URL(String(url), 'http://localhost')
    const { from = '', to = '', filter } = Object.fromEntries(searchParams)
    if (pathname.endsWith('segments')) return Response.json({ from, to, field: '', segments: [] })
    const counts: Count[] = [from, to]
      .filter((day) => day >= (filter ? filteredFrom : since))
      .map((day) => ({ ...uv, day, n: 1 }))
    return Response.json({ from, to, since, counts })
  }
}
const load = async (server: typeof fetch, filter?: typeof uv) => {
  const loaded = await loadNumbers(
    server,
    days,
    { filter, compare: 'previous' },
    new AbortController().signal,
  )
  if (loaded.outcome !== 'loaded') throw new Error(JSON.stringify(loaded))
  return loaded.value
}

it('the previous period is known only if the server was there before its first day', async () => {
  const known = await load(serverOf('2026-11-08'))
  expect([known.all.previous?.from, known.shown.previous?.from]).toEqual(['2026-11-09', '2026-11-09'])
  const begun = await load(serverOf('2026-11-09'))
  expect([begun.all.previous, begun.shown.previous, begun.compared]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

it('with a filter, nothing is compared that has no numbers on some of the days', async () => {
  const counted = await load(serverOf('2026-01-01'), uv)
  expect(counted.shown.previous?.from).toBe('2026-11-09')
  for (const filteredFrom of ['2026-11-10', '2026-11-17']) {
    const missing = await load(serverOf('2026-01-01', filteredFrom), uv)
    expect(missing.all.previous).toBeDefined()
    expect(missing.shown.previous).toBeUndefined()
  }
})
