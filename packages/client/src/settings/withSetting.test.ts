import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { meantWords } from './meantWords.ts'
import { settingsOf, settingValue, statementsOf } from './settingsFile.ts'
import { withoutWords, withSetting } from './withSetting.ts'

const KEY = 'VOICEMODE_TELEMETRY'
const NO = ['false', '0', 'no', 'off']
const YES = ['true', '1', 'yes', 'on']
const OTHERS: Record<string, string[]> = { true: [...NO, 'ask'], false: [...YES, 'ask'] }

const set = (text: string, value = 'true') => withSetting(text, KEY, value, OTHERS[value] ?? [])
const words = (text: string) => meantWords(text, KEY).map(({ word }) => word)

describe('a no is found in any spelling that a person could mean', () => {
  test.each([
    'VOICEMODE_TELEMETRY=false',
    'export VOICEMODE_TELEMETRY=false',
    'set VOICEMODE_TELEMETRY=false',
    '$env:VOICEMODE_TELEMETRY = "false"',
    'voicemode_telemetry=False',
    'VOICEMODE_TELEMETRY: false',
    'VOICEMODE_TELEMETRY="false',
    'VOICEMODE_TELEMETRY=\u00e2\u0080\u009cfalse\u00e2\u0080\u009d',
    'VOICEMODE_TELEMETRY=false # please',
    'VOICEMODE_TELEMETRY="false" # please',
    'VOICEMODE_TELEMETRY="\nfalse\n"',
    'VOICEMODE_TELEMETRY=false;',
    '\u00ef\u00bb\u00bfVOICEMODE_TELEMETRY=false',
    '\u00c2\u00a0VOICEMODE_TELEMETRY=false',
    'VOICEMODE_TELEMETRY=true\nVOICEMODE_TELEMETRY=false',
    'VOICEMODE_X="never closed\nVOICEMODE_TELEMETRY=false\nA=1',
  ])('%j', (text) => {
    expect(words(text)).toContain('false')
  })

  test.each([
    '# VOICEMODE_TELEMETRY=false',
    'VOICEMODE_TELEMETRY_ENDPOINT=false',
    'XVOICEMODE_TELEMETRY=false',
    'A=VOICEMODE_TELEMETRY=false',
    'VOICEMODE_X="closed\nVOICEMODE_TELEMETRY=false\n"',
    'VOICEMODE_TELEMETRY= # false',
    'VOICEMODE_TELEMETRY=falsehood',
  ])('and not in %j', (text) => {
    expect(words(text)).not.toContain('false')
  })
})

describe('a setting is set', () => {
  test.each([
    ['', 'VOICEMODE_TELEMETRY=true\n'],
    ['A=1', 'A=1\nVOICEMODE_TELEMETRY=true\n'],
    ['A=1\r\n', 'A=1\r\nVOICEMODE_TELEMETRY=true\r\n'],
    ['# VOICEMODE_TELEMETRY=ask\nB=2', 'VOICEMODE_TELEMETRY=true\nB=2'],
    [
      '# VOICEMODE_TELEMETRY=true sends counts\n',
      '# VOICEMODE_TELEMETRY=true sends counts\nVOICEMODE_TELEMETRY=true\n',
    ],
    ['\tVOICEMODE_TELEMETRY = "ask"\nB=2\n', '\tVOICEMODE_TELEMETRY = "true"\nB=2\n'],
    ['VOICEMODE_TELEMETRY=no # mine\n', 'VOICEMODE_TELEMETRY=true\n'],
    ['VOICEMODE_TELEMETRY=\n', 'VOICEMODE_TELEMETRY=true\n'],
    ['VOICEMODE_TELEMETRY=\nVOICEMODE_TELEMETRY=no', 'VOICEMODE_TELEMETRY=true\nVOICEMODE_TELEMETRY=true'],
    [
      'export VOICEMODE_TELEMETRY=no # mine',
      'export VOICEMODE_TELEMETRY=true # mine\nVOICEMODE_TELEMETRY=true\n',
    ],
    ['A="x\n# VOICEMODE_TELEMETRY=ask\n"', 'A="x\n# VOICEMODE_TELEMETRY=ask\n"\nVOICEMODE_TELEMETRY=true\n'],
    ['B=1\nA="x\ny', 'B=1\nVOICEMODE_TELEMETRY=true\nA="x\ny'],
    ['A="x\nVOICEMODE_TELEMETRY=no', 'VOICEMODE_TELEMETRY=true\nA="x\nVOICEMODE_TELEMETRY=true'],
    [
      'VOICEMODE_TELEMETRY="no" # mine\nA=1\n',
      'VOICEMODE_TELEMETRY=true\nVOICEMODE_TELEMETRY="true" # mine\nA=1\n',
    ],
  ])('in %j as %j', (text, changed) => {
    expect(set(text)).toBe(changed)
  })

  const line = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('', ' ', '\t', '\u00ef\u00bb\u00bf', '\u00c2\u00a0', 'export ', '# ', '#', 'A='),
        fc.constantFrom(KEY, KEY, 'voicemode_telemetry', `${KEY}_ENDPOINT`, 'A', 'B', ''),
        fc.constantFrom('=', ' = ', '="', "='", ' ', ''),
        fc.constantFrom('true', 'no', 'ask', 'OFF', '0', '', 'perhaps', 'x y', '~/a'),
        fc.constantFrom('', '"', "'", ' # c', '" ', '\u00a0'),
      )
      .map((parts) => parts.join('')),
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.constantFrom('', '"', "'", 'y"', 'VOICEMODE_PRONOUNCE="'),
  )
  const file = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 12 })
    .chain((lines) => fc.boolean().map((endsOpen) => ({ lines, endsOpen })))
    .map(({ lines, endsOpen }) => {
      const whole = lines.map(([text, eol]) => text + eol).join('')
      return endsOpen ? whole.replace(/(\r\n|\n|\r)$/, '') : whole
    })
  const answer = fc.constantFrom('true', 'false')

  test('so that the loader sees exactly the answer, and nothing can be meant as another', () => {
    fc.assert(
      fc.property(file, answer, answer, (before, earlier, value) => {
        const after = set(set(before, earlier), value)
        expect(settingValue(after, KEY)).toBe(value)
        expect(words(after).filter((word) => OTHERS[value]?.includes(word))).toEqual([])
        expect(set(after, value)).toBe(after)
      }),
      { numRuns: 3000 },
    )
  })

  test('so that no other setting changes, but for the answers that a value swallows', () => {
    const swallowed = (text: string) => text.replace(/true|false|ask|no|off|0/gi, '')
    const rest = (text: string) =>
      [...settingsOf(text)].filter(([key]) => !key.toUpperCase().endsWith(KEY)).sort()
    fc.assert(
      fc.property(file, answer, (before, value) => {
        const isOpen = statementsOf(before).at(-1)?.form === 'open'
        const [old, now] = [rest(before), rest(set(before, value))]
        if (!isOpen) expect(now).toEqual(old)
        expect(now.map(([key, text]) => [key, swallowed(text)])).toEqual(
          old.map(([key, text]) => [key, swallowed(text)]),
        )
      }),
      { numRuns: 3000 },
    )
  })

  test('so that every byte stays but the answers’ words and one line', () => {
    const masked = (text: string) =>
      meantWords(text, KEY).reduceRight(
        (rest, { start, end }) => `${rest.slice(0, start)}•${rest.slice(end)}`,
        text,
      )
    fc.assert(
      fc.property(file, answer, (before, value) => {
        const after = set(before, value)
        const line = statementsOf(after).find(({ key }) => key === KEY)
        if (!line) throw new Error('the setting is there')
        const around = [after.slice(0, line.start), after.slice(line.next)]
        // What stood where the line stands now: nothing, a comment, or the setting; and a line break that was missing.
        const [head = '', tail = ''] = around.map(masked)
        const old = masked(before)
        expect(old.startsWith(head.replace(/(\r\n|\n|\r)$/, ''))).toBe(true)
        expect(old.endsWith(tail)).toBe(true)
        const replaced = old.slice(head.length, old.length - tail.length)
        expect(replaced.split(/\r\n|\n|\r/).filter((text) => text !== '').length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 3000 },
    )
  })
})

test('in the file that VoiceMode passes over only what says otherwise changes', () => {
  const text = 'A=1\nVOICEMODE_TELEMETRY=off\n# VOICEMODE_TELEMETRY=ask\n'
  expect(withoutWords(text, KEY, 'true', NO)).toBe(text.replace('off', 'true'))
  expect(withoutWords('A=1\n', KEY, 'true', NO)).toBe('A=1\n')
})

test('a long hostile line takes no long time', () => {
  const text = `VOICEMODE_TELEMETRY${' '.repeat(250_000)}#\n${'"'.repeat(250_000)}\n`
  expect(settingValue(set(text), KEY)).toBe('true')
})
