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
  projectFiles: [],
  userFiles: [],
  hasHome: true,
  isCI: false,
  receipt: undefined,
  remembersNo: false,
  noticeTerms: noticeTerms(),
  recipient: undefined,
}

const setting = (value: string) => `VOICEMODE_TELEMETRY=${value}\n`

const YES = setting('true')

describe('decideConsent, row by row', () => {
  test.each<[string, Partial<ConsentInputs>, string, string]>([
    ['nothing at all', {}, 'unset', 'no answer'],
    ['DO_NOT_TRACK=1', { env: { DO_NOT_TRACK: '1' }, ...confirmed() }, 'denied', 'DO_NOT_TRACK'],
    ['DO_NOT_TRACK of any word', { env: { DO_NOT_TRACK: 'banana' } }, 'denied', 'DO_NOT_TRACK'],
    ['DO_NOT_TRACK=" OFF "', { env: { DO_NOT_TRACK: ' OFF ' }, ...confirmed() }, 'granted', 'user file'],
    ['DO_NOT_TRACK=0', { env: { DO_NOT_TRACK: '0' } }, 'unset', 'no answer'],
    ['DO_NOT_TRACK, empty', { env: { DO_NOT_TRACK: '' } }, 'unset', 'no answer'],
    ['DO_NOT_TRACK=false', { env: { DO_NOT_TRACK: 'False' } }, 'unset', 'no answer'],
    ['DO_NOT_TRACK=no', { env: { DO_NOT_TRACK: 'no' } }, 'unset', 'no answer'],
    ['DO_NOT_TRACK=1 in the user’s file', confirmed(`${YES}DO_NOT_TRACK=1\n`), 'denied', 'user file'],
    ['DO_NOT_TRACK=0 in the user’s file', confirmed(`${YES}DO_NOT_TRACK=0\n`), 'granted', 'user file'],
    [
      'a no in the environment',
      { env: { VOICEMODE_TELEMETRY: 'OFF' }, ...confirmed() },
      'denied',
      'environment',
    ],
    [
      'a no in the environment, quotes and all',
      { env: { VOICEMODE_TELEMETRY: ' "no" # hm' }, ...confirmed() },
      'denied',
      'environment',
    ],
    ['a no in the project', { projectFiles: [setting('0')], ...confirmed() }, 'denied', 'project file'],
    [
      'a no in the project file that VoiceMode passes over',
      { projectFiles: ['', setting('0')], ...confirmed() },
      'denied',
      'project file',
    ],
    [
      'a no in the project, a yes in the environment',
      { projectFiles: [setting('no')], env: { VOICEMODE_TELEMETRY: 'yes' } },
      'denied',
      'project file',
    ],
    [
      "a no in the user's file",
      { ...confirmed(setting('false')), env: { VOICEMODE_TELEMETRY: 'true' } },
      'denied',
      'user file',
    ],
    ['a no below a yes in one file', confirmed(YES + setting('no')), 'denied', 'user file'],
    ['a no behind export', confirmed(`${YES}export VOICEMODE_TELEMETRY=no\n`), 'denied', 'user file'],
    [
      'a no in the older file, which VoiceMode passes over',
      { userFiles: [YES, setting('no')], receipt: RECEIPT },
      'denied',
      'user file',
    ],
    ['a remembered no', { remembersNo: true, ...confirmed() }, 'denied', 'remembered no'],
    [
      'a remembered no, a yes in the environment',
      { remembersNo: true, env: { VOICEMODE_TELEMETRY: 'true' } },
      'denied',
      'remembered no',
    ],
    ['no home directory', { hasHome: false, ...confirmed() }, 'denied', 'no home'],
    [
      'no home directory, a yes in the environment',
      { hasHome: false, env: { VOICEMODE_TELEMETRY: 'true' } },
      'denied',
      'no home',
    ],
    ['CI', { isCI: true, ...confirmed() }, 'denied', 'CI'],
    ['CI, a yes in the environment', { isCI: true, env: { VOICEMODE_TELEMETRY: '1' } }, 'denied', 'CI'],
    ['CI below an explicit no', { isCI: true, ...confirmed(setting('no')) }, 'denied', 'user file'],
    ["a yes in the user's file, confirmed", confirmed(setting('"1"')), 'granted', 'user file'],
    ['a yes to this server', { ...toServer('a.example'), recipient: 'a.example' }, 'granted', 'user file'],
    ['a yes to another server', { ...toServer('a.example'), recipient: 'b' }, 'unset', 'another server'],
    ['a yes to a server, and none is set now', toServer('a.example'), 'granted', 'user file'],
    ['a yes to a server that no receipt names', { ...confirmed(), recipient: 'b' }, 'granted', 'user file'],
    [
      'a yes in the environment, and an earlier one to another server',
      { env: { VOICEMODE_TELEMETRY: '1' }, ...toServer('a.example'), userFiles: [], recipient: 'b' },
      'granted',
      'environment',
    ],
    ["a yes in the user's file alone", { userFiles: [YES] }, 'unset', 'unconfirmed setting'],
    [
      "a yes in the user's file, and a no on the receipt",
      { userFiles: [YES], receipt: { ...RECEIPT, decision: 'denied' } },
      'unset',
      'unconfirmed setting',
    ],
    [
      "a yes in the user's file, and a receipt of the environment",
      { userFiles: [YES], receipt: { ...RECEIPT, channel: 'environment' } },
      'unset',
      'unconfirmed setting',
    ],
    [
      "a yes in the user's file and in the environment",
      { userFiles: [YES], env: { VOICEMODE_TELEMETRY: 'true' } },
      'unset',
      'unconfirmed setting',
    ],
    [
      'a yes that the loader does not see',
      confirmed('export VOICEMODE_TELEMETRY=true\n'),
      'unset',
      'removed setting',
    ],
    ['a yes behind another answer', confirmed(setting('ask') + YES), 'unset', 'removed setting'],
    ['a yes with a comment behind it', confirmed(setting('true # yes')), 'unset', 'removed setting'],
    ['a yes only in the older file', { userFiles: ['', YES], receipt: RECEIPT }, 'unset', 'removed setting'],
    ['a receipt alone', { receipt: RECEIPT }, 'unset', 'removed setting'],
    ['a yes in the environment', { env: { VOICEMODE_TELEMETRY: 'On' } }, 'granted', 'environment'],
    [
      'a yes in the environment that the project says too',
      { env: { VOICEMODE_TELEMETRY: 'true' }, projectFiles: [setting('yes')] },
      'unset',
      'no answer',
    ],
    [
      'a yes in the environment after a confirmed one was taken out',
      { env: { VOICEMODE_TELEMETRY: 'true' }, receipt: RECEIPT },
      'granted',
      'environment',
    ],
    ['a yes in the project alone', { projectFiles: [YES] }, 'unset', 'no answer'],
    ['ask', { userFiles: [setting('ask')] }, 'unset', 'no answer'],
    [
      "ask in the environment, a confirmed yes in the user's file",
      { env: { VOICEMODE_TELEMETRY: 'ask' }, ...confirmed() },
      'granted',
      'user file',
    ],
    ['an unknown word', { env: { VOICEMODE_TELEMETRY: 'maybe' } }, 'unset', 'no answer'],
    ['an earlier no', { receipt: { ...RECEIPT, decision: 'denied' } }, 'unset', 'earlier no'],
  ])('%s', (_, inputs, state, decidedBy) => {
    expect(decideConsent({ ...NOTHING, ...inputs })).toEqual({ state, decidedBy, added: [] })
  })

  test.each(['prompt', 'command', 'page', 'mcp'] as const)('a yes by %s is a person’s', (channel) => {
    const given = { ...NOTHING, userFiles: [YES], receipt: { ...RECEIPT, channel } }
    expect(decideConsent(given).state).toBe('granted')
  })
})

function confirmed(userFile = YES): Partial<ConsentInputs> {
  return { userFiles: [userFile], receipt: RECEIPT }
}

function toServer(recipient: string): Partial<ConsentInputs> {
  return { ...confirmed(), receipt: { ...RECEIPT, recipient } }
}

test.each(['false', '0', 'no', 'off', 'FALSE', 'No'])('%s is a no, wherever it stands', (no) => {
  const yes = {
    ...NOTHING,
    env: { VOICEMODE_TELEMETRY: 'true' },
    userFiles: [setting('true')],
    receipt: RECEIPT,
  }
  for (const inputs of [
    { ...yes, env: { VOICEMODE_TELEMETRY: no } },
    { ...yes, projectFiles: [setting(no)] },
    { ...yes, userFiles: [setting(no)] },
  ]) {
    expect(decideConsent(inputs).state).toBe('denied')
  }
})

test('a wider notice pauses a yes and tells what was added; a narrower one asks nothing', () => {
  const fields = noticeTerms().filter((term) => term !== 'environment.mcp_host=zed')
  const given = { ...NOTHING, userFiles: [setting('true')], receipt: { ...RECEIPT, fields } }
  expect(decideConsent(given)).toEqual({
    state: 'unset',
    decidedBy: 'wider notice',
    added: ['environment.mcp_host=zed'],
  })
  const narrower = { ...given, receipt: { ...RECEIPT, fields: [...noticeTerms(), 'usage.gone'] } }
  expect(decideConsent(narrower).state).toBe('granted')
})
