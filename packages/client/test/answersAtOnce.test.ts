import { describe, expect, test } from 'vitest'
import { noteEnvironmentNo } from '../src/consent/environmentNo.ts'
import { grantConsent } from '../src/consent/grant.ts'
import { LEAST_READING_MS, openQuestion } from '../src/consent/question.ts'
import { readDecision, readReceipt, readSecret } from '../src/consent/record.ts'
import { ensureIdentity } from '../src/consent/writeRecord.ts'
import type { Host } from '../src/host.ts'
import { resetIdentity, withdrawConsent } from '../src/rights/withdraw.ts'
import { readState } from '../src/settings/state.ts'
import { recordAnswer, recordYes } from '../src/view/answer.ts'
import { Home } from './logs.ts'

const YES_BY_ENVIRONMENT = { VOICEMODE_TELEMETRY: 'true' }

/** What reads the record, decides, and writes to it. */
const WRITERS: Record<string, (host: Host) => Promise<unknown>> = {
  'a yes on the page': (host) => recordAnswer(host, 'page', openQuestion(host), 'yes'),
  'a yes at the prompt': (host) => recordAnswer(host, 'prompt', openQuestion(host), 'yes'),
  'a yes in a form': (host) => recordYes(host, 'mcp', openQuestion(host)),
  'the first send under a yes in the environment': (host) => ensureIdentity(host),
  'a new id': (host) => resetIdentity(host),
}

describe.each(Object.entries(WRITERS))('%s and a no at once', (_, write) => {
  test.each([
    ['without an answer before', false],
    ['after a yes', true],
  ])('leave the no, and no id and secret (%s)', async (_, isGranted) => {
    using home = new Home()
    if (isGranted) await grantConsent(home.host(), 'command')
    const host = home.host({ env: YES_BY_ENVIRONMENT })
    const writing = write(host)
    await Promise.all([writing, withdrawConsent(home.host(), 'command')])
    expect(readDecision(home.host())).toMatchObject({ state: 'denied', decidedBy: 'user file' })
    expect(readReceipt(home.host())).toMatchObject({ decision: 'denied', channel: 'command' })
    expect(readSecret(home.host())).toBeUndefined()
  })
})

test('of two questions that are answered yes at once, one yes counts', async () => {
  using home = new Home()
  const host = home.host()
  const questions = [openQuestion(host), openQuestion(host)]
  const answers = await Promise.all(questions.map((question) => recordYes(host, 'page', question)))
  expect(answers.map(({ recorded }) => recorded).sort()).toEqual(['nothing', 'yes'])
  expect(answers.find(({ recorded }) => recorded === 'nothing')?.message).toMatch(
    /another answer was recorded after the question was shown\. To say yes after all.*: voicemode-telemetry enable$/,
  )
})

test.each([1, -1])(
  'a clock that is set by %i hour has no say in how long a question was read',
  async (hours) => {
    using home = new Home()
    let readMs = 0
    const host = { ...home.host(), elapsedMs: () => readMs }
    const question = openQuestion(host)
    const later = { ...host, now: () => Date.now() + hours * 60 * 60_000 }
    const answer = async () => (await recordYes(later, 'mcp', question, LEAST_READING_MS)).recorded
    expect(await answer()).toBe('nothing')
    readMs = LEAST_READING_MS
    expect(await answer()).toBe('yes')
  },
)

test('a no that another process writes while a yes waits for its turn stays', async () => {
  using home = new Home()
  const question = openQuestion(home.host())
  let looks = 0
  const elapsedMs = () => {
    looks += 1
    // The first look at the clock is before the turn, the second in it.
    if (looks === 2) home.write('.voicemode/voicemode.env', 'VOICEMODE_TELEMETRY=false\n')
    return question.shownAtMs
  }
  const answer = await recordYes({ ...home.host(), elapsedMs }, 'page', question)
  expect(answer).toMatchObject({ recorded: 'nothing', message: expect.stringContaining('a no was recorded') })
  expect(readDecision(home.host())).toMatchObject({ state: 'denied', decidedBy: 'user file' })
  expect(readReceipt(home.host())).toBeUndefined()
})

test('a no of the environment that was noticed after a question was shown outlives a yes to it', async () => {
  using home = new Home()
  await grantConsent(home.host(), 'command')
  const question = openQuestion(home.host())
  noteEnvironmentNo(home.host({ env: { DO_NOT_TRACK: '1' } }))
  expect(await recordYes(home.host(), 'page', question)).toMatchObject({ recorded: 'nothing' })
  expect(readState(home.host()).environmentNo).toMatchObject({ variable: 'DO_NOT_TRACK' })
  expect(readDecision(home.host()).state).toBe('denied')
})
