import { noticeTerms } from '@voicemode-telemetry/protocol'
import { describe, expect, test } from 'vitest'
import { type ConsentInputs, decideConsent, type Receipt } from './consent.ts'

const RECEIPT: Receipt = {
  decision: 'granted',
  decided_at: '2026-11-01T00:00:00.000Z',
  channel: 'command',
  notice_hash: '',
  fields: noticeTerms(),
}

const NOTHING: ConsentInputs = {
  env: {},
  projectFile: undefined,
  userFile: undefined,
  isCI: false,
  receipt: undefined,
  noticeTerms: noticeTerms(),
}

const setting = (value: string) => `VOICEMODE_TELEMETRY=${value}\n`

describe('decideConsent, row by row', () => {
  test.each<[string, Partial<ConsentInputs>, string, string]>([
    ['nothing at all', {}, 'unset', 'no answer'],
    ['DO_NOT_TRACK=1', { env: { DO_NOT_TRACK: '1' }, userFile: setting('true') }, 'denied', 'DO_NOT_TRACK'],
    ['DO_NOT_TRACK of any word', { env: { DO_NOT_TRACK: 'banana' } }, 'denied', 'DO_NOT_TRACK'],
    [
      'DO_NOT_TRACK=" OFF "',
      { env: { DO_NOT_TRACK: ' OFF ' }, userFile: setting('true') },
      'granted',
      'user file',
    ],
    ['DO_NOT_TRACK=0', { env: { DO_NOT_TRACK: '0' } }, 'unset', 'no answer'],
    ['DO_NOT_TRACK, empty', { env: { DO_NOT_TRACK: '' } }, 'unset', 'no answer'],
    ['DO_NOT_TRACK=false', { env: { DO_NOT_TRACK: 'False' } }, 'unset', 'no answer'],
    ['DO_NOT_TRACK=no', { env: { DO_NOT_TRACK: 'no' } }, 'unset', 'no answer'],
    [
      'a no in the environment',
      { env: { VOICEMODE_TELEMETRY: 'OFF' }, userFile: setting('true') },
      'denied',
      'environment',
    ],
    [
      'a no in the project',
      { projectFile: setting('0'), userFile: setting('true') },
      'denied',
      'project file',
    ],
    [
      'a no in the project, a yes in the environment',
      { projectFile: setting('no'), env: { VOICEMODE_TELEMETRY: 'yes' } },
      'denied',
      'project file',
    ],
    [
      "a no in the user's file",
      { userFile: setting('false'), env: { VOICEMODE_TELEMETRY: 'true' } },
      'denied',
      'user file',
    ],
    ['a no above a yes in one file', { userFile: setting('no') + setting('yes') }, 'denied', 'user file'],
    ['CI', { isCI: true, userFile: setting('true') }, 'denied', 'CI'],
    ['CI below an explicit no', { isCI: true, userFile: setting('no') }, 'denied', 'user file'],
    ['a yes in the environment', { env: { VOICEMODE_TELEMETRY: 'On' } }, 'granted', 'environment'],
    ["a yes in the user's file", { userFile: setting('"1"'), receipt: RECEIPT }, 'granted', 'user file'],
    ['a yes in the project alone', { projectFile: setting('true') }, 'unset', 'no answer'],
    ['ask', { userFile: setting('ask') }, 'unset', 'no answer'],
    [
      "ask in the environment, a yes in the user's file",
      { env: { VOICEMODE_TELEMETRY: 'ask' }, userFile: setting('yes') },
      'granted',
      'user file',
    ],
    ['an unknown word', { env: { VOICEMODE_TELEMETRY: 'maybe' } }, 'unset', 'no answer'],
    ['a receipt alone', { receipt: RECEIPT }, 'unset', 'no answer'],
  ])('%s', (_, inputs, state, decidedBy) => {
    expect(decideConsent({ ...NOTHING, ...inputs })).toEqual({ state, decidedBy, added: [] })
  })
})

test.each(['false', '0', 'no', 'off', 'FALSE', 'No'])('%s is a no, wherever it stands', (no) => {
  const yes = {
    ...NOTHING,
    env: { VOICEMODE_TELEMETRY: 'true' },
    userFile: setting('true'),
    receipt: RECEIPT,
  }
  for (const inputs of [
    { ...yes, env: { VOICEMODE_TELEMETRY: no } },
    { ...yes, projectFile: setting(no) },
    { ...yes, userFile: setting(no) },
  ]) {
    expect(decideConsent(inputs).state).toBe('denied')
  }
})

test('a wider notice pauses a yes and tells what was added; a narrower one asks nothing', () => {
  const fields = noticeTerms().filter((term) => term !== 'environment.mcp_host=zed')
  const given = { ...NOTHING, userFile: setting('true'), receipt: { ...RECEIPT, fields } }
  expect(decideConsent(given)).toEqual({
    state: 'unset',
    decidedBy: 'wider notice',
    added: ['environment.mcp_host=zed'],
  })
  const narrower = { ...given, receipt: { ...RECEIPT, fields: [...noticeTerms(), 'usage.gone'] } }
  expect(decideConsent(narrower).state).toBe('granted')
})
