import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { addDays, type Day, dayAt } from '@voicemode-telemetry/protocol'
import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../../../test/browser.ts'
import { type ServerProcess, startServer } from '../../server/test/serverProcess.ts'
import { eventOf, makeUse, type Use } from './madeUse.ts'
import { figureOf, numberIn, readHeadlines, readTables, readWords, settled } from './readPage.ts'
import {
  daysFrom,
  type Filter,
  minor,
  mondaysTo,
  only,
  recount,
  recountCohort,
  recountWho,
} from './recount.ts'

const TOKEN = 'a-token-for-tests'
const TODAY: Day = dayAt(Date.now())
/** Noon, so that no test can run over midnight. */
const NOON = new Date(`${TODAY}T12:00:00Z`)
const YESTERDAY = addDays(TODAY, -1)
const DAYS = 85
const SEED = Date.now() % 2 ** 31

const LIMITS = ['--events-per-id-per-hour', '100000', '--events-per-address-per-hour', '100000']

let folder: string
let server: ServerProcess
let browser: Browser
let context: BrowserContext
let uses: Use[]
/** What a page must never do: complain, fail or ask anybody but its own server. */
const complaints: string[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboard-'))
  uses = makeUse(SEED, YESTERDAY, DAYS)
  ;[server, browser] = await Promise.all([
    startServer(join(folder, 'server.db'), LIMITS, { TELEMETRY_ADMIN_TOKEN: TOKEN }),
    openBrowser(),
  ])
  const events = await Promise.all(uses.map(eventOf))
  await Promise.all(events.map((event) => send(event)))
  // Days are UTC days wherever a maintainer sits.
  context = await browser.newContext({ baseURL: server.url, timezoneId: 'Pacific/Auckland', locale: 'en-GB' })
  await context.addInitScript({ content: axe.source })
  context.on('weberror', (error) => complaints.push(error.error().message))
  context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== server.url) complaints.push(request.url())
  })
  const page = await context.newPage()
  await page.goto('/')
  await page.getByLabel('Admin token').fill(TOKEN)
  await page.keyboard.press('Enter')
  await page.locator('main h2').first().waitFor()
  await page.close()
})

afterAll(async () => {
  await browser?.close()
  await server?.end()
  rmSync(folder, { recursive: true, force: true })
})

afterEach(async () => {
  for (const page of context.pages()) await page.close()
  expect(complaints.splice(0)).toEqual([])
})

async function send(event: unknown): Promise<void> {
  const answer = await fetch(`${server.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })
  expect(answer.status).toBe(200)
}

async function open(query = '', viewport = { width: 1300, height: 900 }): Promise<Page> {
  const page = await context.newPage()
  await page.clock.setFixedTime(NOON)
  await page.setViewportSize(viewport)
  await page.goto(`/${query}`)
  await settled(page)
  return page
}

/** That a text shows a number, rounded as it is; words before it don't matter. A dash stands where there is none. */
function expectShown(text = '', value: number, what = text): void {
  const shown = text.replace(/^[a-z]+ /, '')
  const precision = shown.startsWith('<') ? 0.1 : shown.includes('.') ? 0.0501 : 0.501
  if (!Number.isFinite(value)) expect(shown, what).toBe('–')
  else expect(Math.abs((numberIn(shown) ?? Number.NaN) - value), what).toBeLessThan(precision)
}

/** The days of a page as its address has them. */
function daysIn(query: string): [from: Day, to: Day] {
  const params = new URLSearchParams(query)
  const days = Number(params.get('range') ?? 30)
  return [params.get('from') ?? addDays(TODAY, -days), params.get('to') ?? YESTERDAY]
}

function filterIn(query: string): Filter {
  const [, name, value] = /filter=environment\.(\w+):([^&]*)/.exec(query) ?? []
  return name && value ? [name as NonNullable<Filter>[0], value] : undefined
}

const VERSION = () =>
  minor(uses.find(({ environment }) => environment.version !== 'unknown')?.environment.version ?? '')
const HOST = () => uses[0]?.environment.mcp_host ?? ''
const SYSTEM = () => uses.at(-1)?.environment.os_type ?? ''
const ADDRESSES: [name: string, query: () => string][] = [
  ['as it opens', () => ''],
  ['counted, over 90 days', () => '?range=90&show=count'],
  ['of one version, compared', () => `?range=30&compare=before&filter=environment.version:${VERSION()}`],
  [
    'of one system, over an own range',
    () =>
      `?from=${addDays(TODAY, -60)}&to=${addDays(TODAY, -41)}&compare=before&show=count&filter=environment.os_type:${SYSTEM()}`,
  ],
  ['of one assistant, over 7 days', () => `?range=7&filter=environment.mcp_host:${HOST()}`],
]

describe(`the numbers of the page, of use made from the seed ${SEED}`, () => {
  test.each(ADDRESSES)('are those of an independent count: %s', async (_, queryOf) => {
    const query = queryOf()
    const [from, to] = daysIn(query)
    const days = daysFrom(from, to)
    const page = await open(query)
    const { 'Coming back': cohorts, ...tables } = await readTables(page)
    const expected = recount(uses, from, to, filterIn(query))
    expect(Object.keys(expected).filter((title) => !(title in tables))).toEqual([])
    for (const [title, table] of Object.entries(tables)) {
      const counted = expected[title] ?? {}
      const words = table.columns.filter((column) => !column.endsWith('before'))
      const all = [...new Set(Object.values(counted).flatMap((row) => Object.keys(row)))]
      // Under a comparison a table has the words of the days before too.
      expect(words, title).toEqual(expect.arrayContaining(all))
      expect(Object.keys(table.rows), title).toEqual(days)
      for (const day of days) {
        const row = words.map((word) => counted[day]?.[word] ?? 0)
        expect(
          words.map((word) => table.rows[day]?.[word]),
          `${title} on ${day}`,
        ).toEqual(row)
        const sum = row.reduce((total, n) => total + n, 0)
        for (const [n, word] of words.entries()) {
          const share = table.shares[day]?.[word]
          if (share === undefined) continue
          expect(Math.abs(share - (100 * (row[n] ?? 0)) / sum), `${title} on ${day}`).toBeLessThan(0.0501)
        }
      }
    }

    for (const [n, monday] of mondaysTo(to).entries()) {
      const row = Object.values(cohorts?.rows ?? {})[n] ?? {}
      const counts = recountCohort(uses, monday, YESTERDAY)
      const shown = counts.map((_, later) => row[String(later + 1)])
      expect(row.All, monday).toBe(counts[0] || undefined)
      const shares = counts.map((count) => Math.round((100 * count) / (counts[0] ?? 0)))
      if (counts[0]) expect(shown, monday).toEqual(query.includes('show=count') ? counts : shares)
    }
    await expectTotals(page, query, tables)
    await expectHeadlines(page, query)
  })

  async function expectTotals(page: Page, query: string, tables: Awaited<ReturnType<typeof readTables>>) {
    const [from, to] = daysIn(query)
    const length = daysFrom(from, to).length
    const expected = recount(uses, from, to, filterIn(query))
    for (const title of [
      'Transport',
      'Speech-to-text (STT) provider',
      'Session length',
      'Where calls fail',
      'Kinds of error',
      'Assistant',
    ]) {
      const sums: Record<string, number> = {}
      for (const row of Object.values(expected[title] ?? {})) {
        for (const [word, n] of Object.entries(row)) sums[word] = (sums[word] ?? 0) + n
      }
      const all = Object.values(sums).reduce((total, n) => total + n, 0)
      const perDay = title === 'Assistant' ? length : 1
      const shown = await readWords(figureOf(page, title))
      const foot = tables[title]?.foot[title === 'Assistant' ? 'Average day' : 'All days']
      for (const [word, n] of Object.entries(sums)) {
        const isCount = query.includes('show=count')
        const value = isCount ? n / perDay : (100 * n) / all
        expectShown(shown[word], value, `${title}, ${word}`)
        expect(Math.abs((foot?.[word] ?? Number.NaN) - n / perDay), `${title}, ${word}`).toBeLessThan(0.1)
      }
    }
  }

  async function expectHeadlines(page: Page, query: string) {
    const [from, to] = daysIn(query)
    const filter = filterIn(query)
    const shown = await readHeadlines(page)
    const within = (of: readonly Use[], first = from, last = to) =>
      of.filter(({ day }) => first <= day && day <= last)
    const failedPer100 = (of: readonly Use[]) => {
      const steps = of.flatMap((use) => use.operations)
      return (100 * steps.filter((step) => step !== null).length) / steps.length
    }
    const chosen = within(only(uses, filter))
    const operations = chosen.flatMap((use) => use.operations)
    const listeners = chosen.flatMap((use) => use.listeners)
    expectShown(shown.Sessions?.value, chosen.flatMap((use) => use.durations).length)
    expectShown(
      shown['Success rate']?.value,
      (100 * operations.filter((step) => step === null).length) / operations.length,
    )
    expectShown(shown['Failed calls per 100']?.value, failedPer100(chosen))
    expectShown(
      shown['Whisper locally']?.value,
      (100 * listeners.filter((word) => word === 'whisper-local').length) / listeners.length,
    )
    expectShown(
      shown['Active in 30 days']?.value,
      new Set(within(uses, addDays(to, -29)).map(({ who }) => who)).size,
    )
    const cohorts = mondaysTo(to).filter((monday) => addDays(monday, 13) <= YESTERDAY)
    const counts = cohorts.map((monday) => recountCohort(uses, monday, YESTERDAY))
    const sum = (later: number) => counts.reduce((total, cohort) => total + (cohort[later] ?? 0), 0)
    expectShown(shown['Come back in week two']?.value, (100 * sum(1)) / sum(0))
    const beside = shown['Failed calls per 100']?.beside ?? []
    if (filter) expectShown(beside[0], failedPer100(within(uses)))
    if (query.includes('compare')) {
      const length = daysFrom(from, to).length
      const before = within(only(uses, filter), addDays(from, -length), addDays(from, -1))
      expectShown(beside.at(-1), failedPer100(before))
    }
  }

  test('of a range before stand beside, day by day and in all', async () => {
    const query = '?range=7&compare=before'
    const [from] = daysIn(query)
    const page = await open(query)
    const tables = await readTables(page)
    const before = recount(uses, addDays(from, -7), addDays(from, -1), undefined)
    for (const n of [0, 3, 6]) {
      const sessions = before.Sessions?.[addDays(from, n - 7)]?.Sessions
      expect(tables.Sessions?.rows[addDays(from, n)]?.[' before']).toBe(sessions)
      const month = before['Active over weeks']?.[addDays(from, n - 7)]?.['in 30 days']
      expect(tables['Active over weeks']?.rows[addDays(from, n)]?.['in 30 days before']).toBe(month)
    }
    const local = Object.values(before.Transport ?? {}).reduce((sum, row) => sum + (row.local ?? 0), 0)
    expect(tables.Transport?.foot['All days before']?.local).toBe(local)
  })

  test('of each download are those of its table, under a filter too', async () => {
    const query = `?range=30&filter=environment.os_type:${SYSTEM()}`
    const page = await open(query)
    const tables = await readTables(page)
    const links = await page.locator('main figure .downloads li').evaluateAll((items) =>
      items.map((item) => ({
        title: item.closest('figure')?.querySelector('h3')?.firstChild?.textContent?.trim() ?? '',
        files: [...item.querySelectorAll('a')].map(({ href, download }) => ({ href, download })),
      })),
    )
    expect(new Set(links.map(({ title }) => title))).toEqual(new Set(Object.keys(tables)))
    for (const { title, files } of links) {
      const [csv, json] = await Promise.all(files.map(({ href }) => page.request.get(href)))
      expect(files.map(({ download }) => download.split('.').at(-1))).toEqual(['csv', 'json'])
      if (!csv || !json) throw new Error(`${title} has not both files`)
      const { counts } = (await json.json()) as {
        counts: { day: string; field: string; value: string; n: number }[]
      }
      const [head, ...lines] = (await csv.text()).trim().split('\r\n')
      expect(head).toBe('day,field,value,n')
      expect(lines.sort()).toEqual(
        counts.map(({ day, field, value, n }) => `${day},${field},${value},${n}`).sort(),
      )
      const rows = tables[title]?.rows ?? {}
      const single = /^(Active installations|Sessions)$/.test(title)
      if (
        !single &&
        !/^(usage\..*(_usage|distribution|session|types|steps)|environment\.)/.test(counts[0]?.field ?? '')
      )
        continue
      const fromFile: Record<string, Record<string, number>> = {}
      for (const { day, field, value, n } of counts) {
        const word = single ? title : field === 'environment.version' ? minor(value) : value
        fromFile[day] = { ...fromFile[day], [word]: (fromFile[day]?.[word] ?? 0) + n }
      }
      for (const [day, row] of Object.entries(rows)) {
        for (const [word, n] of Object.entries(row)) expect(fromFile[day]?.[word] ?? 0, title).toBe(n)
      }
    }
  })

  test.each([
    ['Transport', 'livekit'],
    ['Where calls fail', 'transcribe'],
  ])('of who has a word of “%s” are those of an independent count, and lead to them', async (chart, word) => {
    const page = await open('?range=90')
    await figureOf(page, chart).getByRole('link', { name: word }).click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('table').first().waitFor()
    const read = await dialog.locator('table').evaluateAll((tables) =>
      tables.map((table) => ({
        title: table.querySelector('thead th')?.textContent ?? '',
        rows: [...table.querySelectorAll('tbody tr')].map((row) =>
          [...row.children].map((cell) => cell.textContent ?? ''),
        ),
      })),
    )
    const [from, to] = daysIn('?range=90')
    const expected = recountWho(uses, from, to, chart, word)
    expect(read.map(({ title }) => title).sort()).toEqual(Object.keys(expected).sort())
    for (const { title, rows } of read) {
      const counted = rows.map(([value, , both = '']) => [value, both.split(' of ').map(numberIn)])
      expect(Object.fromEntries(counted)).toEqual(expected[title as keyof typeof expected])
    }
    await dialog.locator('table').first().locator('tbody a').first().click()
    await settled(page)
    expect(page.url()).toMatch(/filter=environment\./)
    expect(page.url()).not.toMatch(/who=/)
    expect(await dialog.count()).toBe(0)
  })
})

describe('the address', () => {
  test('holds what is chosen; back and forward go through it, and it opens the same page', async () => {
    const page = await open()
    const query = () => new URL(page.url()).search
    const chosen = async () => ({
      query: query(),
      days: await page.locator('.days').textContent(),
      headlines: await readHeadlines(page),
    })
    const steps = [await chosen()]
    const step = async (act: () => Promise<unknown>) => {
      await act()
      await settled(page)
      steps.push(await chosen())
    }
    await step(() => page.getByRole('link', { name: '7 days' }).click())
    await step(() => page.getByLabel('Whose').selectOption(`environment.os_type:${SYSTEM()}`))
    await step(() => page.getByRole('link', { name: 'Count' }).click())
    await step(() => page.getByLabel(/^Compare with/).check())
    await step(async () => {
      await page.getByLabel('From', { exact: true }).fill(addDays(TODAY, -20))
      await page.getByLabel('to', { exact: true }).fill(addDays(TODAY, -12))
      await page.getByRole('button', { name: 'Show' }).click()
    })
    await step(() => page.getByLabel('Theme').selectOption('dark'))
    expect(steps.map((at) => at.query)).toEqual([
      '',
      '?range=7',
      `?range=7&filter=environment.os_type:${SYSTEM()}`,
      `?range=7&filter=environment.os_type:${SYSTEM()}&show=count`,
      `?range=7&filter=environment.os_type:${SYSTEM()}&compare=before&show=count`,
      `?from=${addDays(TODAY, -20)}&to=${addDays(TODAY, -12)}&filter=environment.os_type:${SYSTEM()}&compare=before&show=count`,
      `?from=${addDays(TODAY, -20)}&to=${addDays(TODAY, -12)}&filter=environment.os_type:${SYSTEM()}&compare=before&show=count&theme=dark`,
    ])
    for (const at of steps.slice(0, -1).reverse()) {
      await page.goBack()
      await expect.poll(chosen, { timeout: 30_000 }).toEqual(at)
    }
    for (const at of steps.slice(1)) {
      await page.goForward()
      await expect.poll(chosen, { timeout: 30_000 }).toEqual(at)
    }
    await page.reload()
    await settled(page)
    expect(await chosen()).toEqual(steps.at(-1))
    expect(await page.getByLabel('Whose').inputValue()).toBe(`environment.os_type:${SYSTEM()}`)
    expect(await page.getByLabel(/^Compare with/).isChecked()).toBe(true)
  })

  test('means the usual page where it asks for nonsense', async () => {
    const usual = await readHeadlines(await open())
    expect(await readHeadlines(await open('?range=x&from=2026-02-30&filter=a:b&who=%00&theme=pink'))).toEqual(
      usual,
    )
  })
})

describe('a person without a mouse', () => {
  test('reaches everything, opens who uses a word and comes back to where they were', async () => {
    const page = await open()
    const focused = () =>
      page.evaluate(() => {
        const element = document.activeElement
        const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent
        return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim()
      })
    const tabTo = async (name: RegExp) => {
      for (let presses = 0; presses < 200; presses++) {
        await page.keyboard.press('Tab')
        if (name.test(await focused())) return
      }
      throw new Error(`Tab does not reach ${name}`)
    }
    await tabTo(/^Theme/)
    await tabTo(/^Sign out$/)
    await tabTo(/^7 days$/)
    await page.keyboard.press('Enter')
    await settled(page)
    expect(await page.getByRole('link', { name: '7 days' }).getAttribute('aria-current')).toBe('true')
    expect(await focused()).toBe('7 days')
    await tabTo(/^From/)
    await tabTo(/^Show$/)
    await tabTo(/^Whose/)
    await tabTo(/^Count$/)
    await tabTo(/^Compare/)
    await page.keyboard.press('Space')
    await settled(page)
    expect(page.url()).toMatch(/compare=before/)
    await tabTo(/^Numbers of Active installations/)
    await page.keyboard.press('Enter')
    await tabTo(/^Active installations per UTC day$/)
    await tabTo(/^Coming back by week$/)
    await tabTo(/^livekit$/)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').locator('table').first().waitFor()
    expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focused()).toBe('livekit')
    expect(page.url()).not.toMatch(/who=/)
  })
})

describe('fresh numbers', () => {
  test('come by themselves about once a minute while the page is seen, and it says so', async () => {
    const page = await context.newPage()
    await page.clock.install({ time: NOON })
    await page.goto('/?range=7')
    await settled(page)
    const before = (await readTables(page)).Sessions?.rows[YESTERDAY]?.Sessions ?? 0
    await page.locator('figure svg').nth(4).waitFor()
    await figureOf(page, 'Version')
      .locator('svg')
      .evaluate((svg) => svg.setAttribute('data-same', ''))
    await page.locator('summary').first().click()
    let asked = 0
    page.on('request', () => asked++)

    await page.clock.runFor(61_000)
    await page.locator('.days', { hasText: 'As of 12:01 UTC' }).waitFor()
    expect(await page.locator('[role=status]').textContent()).toBe('')

    const late: Use = { ...(uses[0] as Use), who: 4711, day: YESTERDAY, hour: 1, durations: ['<1min'] }
    const use = { ...late, exchanges: ['1-5'], transports: [], speakers: [], listeners: [], errors: [] }
    const none = { version: 'unknown', os_type: 'other', mcp_host: 'other' } as const
    const event = await eventOf({ ...use, environment: { ...use.environment, ...none } })
    await send(event)
    uses.push({ ...use, environment: event.environment })
    await page.clock.runFor(60_000)
    await page.getByText('New numbers at 12:02 UTC.').waitFor()
    expect((await readTables(page)).Sessions?.rows[YESTERDAY]?.Sessions).toBe(before + 1)
    expect(await page.locator('details').first().getAttribute('open')).not.toBeNull()

    const see = (state: string) =>
      page.evaluate((visible) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value: visible })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await see('hidden')
    asked = 0
    await page.clock.runFor(600_000)
    expect(asked).toBe(0)
    await see('visible')
    await page.locator('.days', { hasText: 'As of 12:12 UTC' }).waitFor()
    expect(asked).toBeGreaterThan(0)
    const unchanged = figureOf(page, 'Transport').locator('svg')
    expect(await unchanged.count()).toBe(1)
  })
})

describe('anyone', () => {
  const PHONE = { width: 375, height: 800 }
  const WIDE = { width: 1700, height: 1000 }
  const EMPTY = `?from=${addDays(TODAY, -300)}&to=${addDays(TODAY, -290)}`
  const NOTHING = '?range=7&filter=environment.version:99.0&compare=before'

  interface Finding {
    id: string
    nodes: { html: string; failureSummary: string }[]
  }
  const findings = async (page: Page) => {
    const found = await page.evaluate(async () => {
      const { axe: own } = globalThis as unknown as {
        axe: { run(part: ParentNode): Promise<{ violations: Finding[] }> }
      }
      // Behind an open dialog nothing can be reached.
      return (await own.run(document.querySelector('dialog') ?? document)).violations
    })
    return found.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
    }))
  }
  const overflow = (page: Page) =>
    page.evaluate(() =>
      Math.max(
        ...[document.documentElement, ...document.querySelectorAll('dialog')].map(
          ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
        ),
      ),
    )

  const CASES: [name: string, query: string, viewport: typeof PHONE, theme: string][] = [
    ['full', '?compare=before', PHONE, 'dark'],
    ['full', '', WIDE, 'light'],
    ['empty', EMPTY, PHONE, 'light'],
    ['without numbers', NOTHING, WIDE, 'dark'],
    ['with who open', '?who=usage.transport_usage:livekit', PHONE, 'light'],
    ['with who open', '?who=usage.transport_usage:livekit', WIDE, 'dark'],
  ]

  test.each(CASES)('can use the page: %s, %#', async (_, address, viewport, theme) => {
    const page = await open(`${address}${address ? '&' : '?'}theme=${theme}`, viewport)
    if (address.includes('who=')) await page.getByRole('dialog').locator('table').first().waitFor()
    expect(await overflow(page)).toBe(0)
    expect(await findings(page)).toEqual([])
  })

  test('sees why there is nothing to see, chart by chart and on the whole', async () => {
    const page = await open(EMPTY)
    expect(await page.locator('main h2').textContent()).toBe('No events yet')
    const filtered = await open(NOTHING)
    expect(await filtered.locator('.nothing').count()).toBeGreaterThan(10)
    expect(await filtered.getByText('this can’t be filtered').count()).toBe(3)
  })

  test('has it in light or dark, as the system has it or as they choose', async () => {
    const page = await open()
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    await page.emulateMedia({ colorScheme: 'light' })
    const light = await colour()
    await page.emulateMedia({ colorScheme: 'dark' })
    const dark = await colour()
    expect(dark).not.toBe(light)
    await page.getByLabel('Theme').selectOption('light')
    expect(await colour()).toBe(light)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.getByLabel('Theme').selectOption('dark')
    expect(await colour()).toBe(dark)
  })

  test('can print it: in light, without what only a screen can do', async () => {
    const page = await open('?theme=dark', { width: 760, height: 1000 })
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.controls').isVisible()).toBe(false)
    expect(await page.locator('figure').first().isVisible()).toBe(true)
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light')
    expect(await overflow(page)).toBe(0)
  })

  test('keeps the numbers while the server is away, is told when the session ends, and can end it', async () => {
    const other = await browser.newContext({ baseURL: server.url })
    const page = await other.newPage()
    const signIn = async () => {
      await page.goto('/sign-in')
      await page.getByLabel('Admin token').fill(TOKEN)
      await page.keyboard.press('Enter')
      await settled(page)
    }
    await page.clock.install({ time: NOON })
    await signIn()
    await other.setOffline(true)
    await page.clock.runFor(61_000)
    await page.locator('.days', { hasText: 'The server could not be asked again at 12:01 UTC.' }).waitFor()
    expect(await page.locator('main figure').count()).toBeGreaterThan(10)

    await other.setOffline(false)
    await other.clearCookies()
    await page.clock.runFor(60_000)
    await page.getByRole('heading', { name: 'A token is needed' }).waitFor()

    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Admin token').waitFor()
    await page.goto('/')
    await page.getByLabel('Admin token').waitFor()
    await other.close()
  })
})

test('the scripts of the page are under 150 KB, compressed', () => {
  const built = new URL('../dist/', import.meta.url)
  const page = readFileSync(new URL('index.html', built), 'utf8')
  const scripts = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path = '']) => path)
  expect(scripts).not.toEqual([])
  const bytes = scripts.map((path) => gzipSync(readFileSync(new URL(path, built)), { level: 9 }).length)
  expect(bytes.reduce((sum, n) => sum + n, 0)).toBeLessThan(150_000)
})
