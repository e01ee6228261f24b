import { addDays } from '@voicemode-telemetry/protocol'
import axe from 'axe-core'
import { expect, test } from 'vitest'
import { readReceipt } from '../packages/client/src/consent/record.ts'
import { askOnPage } from '../packages/client/src/view/askOnPage.ts'
import { run } from '../packages/client/test/commandLine.ts'
import { usedHome } from '../packages/client/test/homes.ts'
import { exchangeLine, Home, USED_DAY } from '../packages/client/test/logs.ts'
import { Receiver } from '../packages/client/test/receiver.ts'
import { Viewing } from '../packages/client/test/viewing.ts'
import { openBrowser } from './browser.ts'

/** What is wrong for people with a keyboard or a screen reader. What Plot draws is hidden behind a chart's own summary. */
const CHECK_ACCESS = `${axe.source}
axe.run({ exclude: ['.picture svg'] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target)))`

/** How the buttons that answer look, each in a few words. */
const LOOKS = `[...document.querySelectorAll('.answers button')].map((button) => {
  const { color, backgroundColor, borderColor, fontWeight } = getComputedStyle(button)
  return [color, backgroundColor, borderColor, fontWeight, button.clientWidth, button.clientHeight].join()
})`

const REPORT = {
  ...{ week: '2026-W46', from: '2026-11-09', to: '2026-11-15', plus_minus: 42, total: 412 },
  tables: [
    {
      field: 'usage.tts_provider_usage',
      label: 'Text-to-speech (TTS) provider',
      rows: [
        { value: 'openai', n: 100, plus_minus: 42 },
        { value: 'kokoro', n: 300, plus_minus: 42 },
      ],
      folded: [],
    },
  ],
  notes: ['Every number carries random noise.'],
}

test('in a browser the page shows the days, and a day chosen by keyboard as its exact bytes', async () => {
  using home = new Home()
  const days = [addDays(USED_DAY, -1), USED_DAY]
  home.writeLogs({
    conversations: new Map(
      days.map((day) => [
        `exchanges_${day}.jsonl`,
        [exchangeLine({ at: `${day}T10:00:00Z`, id: day, metadata: { provider: 'kokoro' } })],
      ]),
    ),
    events: new Map(),
  })
  await using receiver = await Receiver.start()
  receiver.answer = (response, _body, _nth, { url }) => {
    const list = { reports: [{ week: REPORT.week, state: 'published' }] }
    response.end(JSON.stringify(url === '/v1/reports' ? list : REPORT))
  }
  await using viewing = await Viewing.start(home, ['--days', '7'], {
    VOICEMODE_TELEMETRY_ENDPOINT: receiver.url,
  })
  const browser = await openBrowser()
  try {
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => !request.url().startsWith(viewing.url) && complaints.push(request.url()))
    await page.goto(viewing.url)
    const bytesOf = (day: string) => run(home, ['preview', '--day', day])
    const shown = page.locator('pre').first()
    expect(await shown.textContent()).toBe((await bytesOf(USED_DAY)).stdout.toString())

    const [older] = days as [string]
    const row = page.getByRole('row').filter({ has: page.getByRole('button', { name: dayName(older) }) })
    expect(await row.textContent()).toMatch(/1.*1.*100\.0%.*Will not be sent/)
    await row.getByRole('button').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: `${dayName(older)}: will not be sent` }).waitFor()
    expect(await shown.textContent()).toBe((await bytesOf(older)).stdout.toString())
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toBe(await shown.textContent())

    expect(receiver.connections).toBe(0)
    await page.getByRole('button', { name: /Show the latest public report/ }).press('Enter')
    const public_ = page.getByRole('figure', { name: 'Text-to-speech (TTS) provider' }).last()
    await page.getByText('412 installations, give or take 42.').waitFor()
    expect(await public_.getByRole('row').allTextContents()).toContain('kokoro300 ± 4275.0%100.0%')

    expect(await page.getByRole('figure', { name: 'Where calls fail' }).textContent()).toMatch(
      /Nothing was counted on these days\./,
    )
    expect(await page.getByRole('heading', { name: 'Kinds of error' }).count()).toBe(0)

    expect(await page.evaluate(CHECK_ACCESS)).toEqual([])
    await page.reload()
    await page.getByRole('heading', { name: 'History' }).waitFor()
    expect(complaints).toEqual([])

    const stranger = await browser.newContext()
    const answer = await (await stranger.newPage()).goto(viewing.url)
    expect(answer?.status()).toBe(403)
  } finally {
    await browser.close()
  }
})

test.each(['light', 'dark'] as const)(
  'the page that asks is answered by keyboard, in %s',
  async (colorScheme) => {
    using home = usedHome()
    const host = home.host({ env: { VOICEMODE_TELEMETRY_ENDPOINT: 'https://stats.example.org' } })
    const asked = await askOnPage(host)
    const browser = await openBrowser()
    try {
      const page = await (
        await browser.newContext({ colorScheme, viewport: { width: 375, height: 800 } })
      ).newPage()
      await page.goto(asked?.url ?? '')
      const question = page.getByRole('region', { name: 'May VoiceMode send usage counts?' })
      await question.getByText('stats.example.org, and whoever runs that server').waitFor()
      expect(await page.locator('pre').last().textContent()).toContain('"total_sessions": 1')
      await question.getByText('Every field and word that can be sent').click()
      expect(await page.evaluate(CHECK_ACCESS)).toEqual([])
      const buttons = question.getByRole('button')
      expect(await buttons.allTextContents()).toEqual(['Yes', 'No', 'Not now'])
      expect(new Set(await page.evaluate<string[]>(LOOKS)).size).toBe(1)
      expect(readReceipt(host)).toBeUndefined()
      await buttons.first().focus()
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.getByText('Your no is recorded.').waitFor()
      expect(await page.locator(':focus').textContent()).toContain('Your no is recorded.')
      expect(await buttons.count()).toBe(0)
      expect(await page.evaluate(CHECK_ACCESS)).toEqual([])
      expect(readReceipt(host)).toMatchObject({ decision: 'denied', channel: 'page' })
    } finally {
      asked?.close()
      await browser.close()
    }
  },
)

/** A day as the page writes it. */
function dayName(day: string): string {
  return new Date(day).toLocaleDateString('en-GB', {
    ...{ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' },
  })
}
