import { expect, test } from 'vitest'
import { NO_EVENTS, openPage, report, usages } from './fixture.ts'
import { readTables } from './readPage.ts'
import { eventOf, type Usage } from './usageFixtures.ts'

export function testArrivalTests(): void {
  test('is told with its time and its version, and changes no number', async () => {
    const before = await openPage('?range=7')
    expect(await before.getByText('A test event arrived').count()).toBe(0)
    await report(await eventOf(usages.at(-1) as Usage), '/v1/events/test')
    const after = await openPage('?range=7')
    await after
      .getByText(/^A test event arrived on .* UTC, from voicemode-telemetry .*counted nowhere\.$/)
      .waitFor()
    expect(await readTables(after)).toEqual(await readTables(before))
    // Where there are no events, it is in the card that says so.
    const empty = await openPage(NO_EVENTS)
    await empty.locator('.message', { hasText: 'No events' }).getByText('A test event arrived').waitFor()
    expect(await empty.getByText('A test event arrived').count()).toBe(1)
  })
}
