import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { settingValue, settingValues, withSetting } from './settingsFile.ts'

const KEY = 'VOICEMODE_TELEMETRY'

describe('settingValue', () => {
  test.each([
    ['VOICEMODE_TELEMETRY=true', 'true'],
    ['  export VOICEMODE_TELEMETRY = "true"  # yes', 'true'],
    ["VOICEMODE_TELEMETRY='a # b'", 'a # b'],
    ['VOICEMODE_TELEMETRY=true # yes', 'true'],
    ['VOICEMODE_TELEMETRY=true\r\nOTHER=1\r\n', 'true'],
    ['VOICEMODE_TELEMETRY=', ''],
    ['\u00ef\u00bb\u00bfVOICEMODE_TELEMETRY=no', 'no'],
    ['# VOICEMODE_TELEMETRY=ask', undefined],
    ['VOICEMODE_TELEMETRY_ENDPOINT=x', undefined],
    ['XVOICEMODE_TELEMETRY=x', undefined],
    ['', undefined],
  ])('of %j is %j', (text, value) => {
    expect(settingValue(text, KEY)).toBe(value)
  })

  test('is the last of several, and all are told', () => {
    expect(settingValues('VOICEMODE_TELEMETRY=true\nVOICEMODE_TELEMETRY=false', KEY)).toEqual([
      'true',
      'false',
    ])
  })
})

describe('withSetting', () => {
  test.each([
    ['', 'VOICEMODE_TELEMETRY=true\n'],
    ['A=1', 'A=1\nVOICEMODE_TELEMETRY=true\n'],
    ['A=1\r\n', 'A=1\r\nVOICEMODE_TELEMETRY=true\r\n'],
    ['# VOICEMODE_TELEMETRY=ask\nB=2', 'VOICEMODE_TELEMETRY=true\nB=2'],
    [
      '  export VOICEMODE_TELEMETRY = "ask"  # hm\nB=2\n',
      '  export VOICEMODE_TELEMETRY = "true"  # hm\nB=2\n',
    ],
    ['VOICEMODE_TELEMETRY=\n', 'VOICEMODE_TELEMETRY=true\n'],
    ['VOICEMODE_TELEMETRY=a\nVOICEMODE_TELEMETRY=b', 'VOICEMODE_TELEMETRY=a\nVOICEMODE_TELEMETRY=true'],
  ])('makes of %j %j', (text, changed) => {
    expect(withSetting(text, KEY, 'true')).toBe(changed)
  })

  test('sets the value and changes no other line, whatever the file holds', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '',
        '# a comment',
        'A=1',
        'export B="x y"',
        '# VOICEMODE_TELEMETRY=ask',
        'VOICEMODE_TELEMETRY=no',
        " VOICEMODE_TELEMETRY = 'ask' # c",
        'C=#',
      ),
      fc.string().map((text) => text.replace(/[\r\n]/g, '')),
      fc.uint8Array().map((bytes) =>
        Buffer.from(bytes)
          .toString('latin1')
          .replace(/[\r\n]/g, ''),
      ),
    )
    const file = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')))
    fc.assert(
      fc.property(file, fc.boolean(), fc.constantFrom('true', 'false'), (lines, endsOpen, value) => {
        const whole = lines.map(([text, eol]) => text + eol).join('')
        const before = endsOpen ? whole.replace(/\r?\n$/, '') : whole
        const after = withSetting(before, KEY, value)
        expect(settingValue(after, KEY)).toBe(value)
        expect(withSetting(after, KEY, value)).toBe(after)
        const old = before.split('\n')
        const now = after.split('\n')
        const changed = now.filter((text, n) => text !== old[n])
        expect(
          changed.filter(
            (text) => !text.includes(KEY) && text.trim() !== '' && !old.includes(text.replace(/\r$/, '')),
          ),
        ).toEqual([])
        expect(now.length - old.length).toBeLessThanOrEqual(2)
      }),
    )
  })
})
