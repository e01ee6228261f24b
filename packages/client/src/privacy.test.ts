import { DURATION_BINS, SIZE_BINS } from '@voicemode-telemetry/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anonymizePath, binDuration, binExchanges, binSize, sanitizeVersionString } from './privacy.ts'

test.each([
  [0, '<1min'],
  [59.999999, '<1min'],
  [60, '1-5min'],
  [300, '5-10min'],
  [600, '10-20min'],
  [1200, '20-60min'],
  [3599.9, '20-60min'],
  [3600, '>60min'],
])('a session of %d s is %s', (seconds, bin) => {
  expect(binDuration(seconds)).toBe(bin)
})

test.each([
  [0, '0'],
  [1, '1-5'],
  [5, '1-5'],
  [6, '6-10'],
  [11, '11-20'],
  [20, '11-20'],
  [21, '>20'],
])('%d exchanges are %s', (exchanges, bin) => {
  expect(binExchanges(exchanges)).toBe(bin)
})

test.each([
  [51_199, '<50KB'],
  [51_200, '50-100KB'],
  [102_400, '100-200KB'],
  [204_800, '200-500KB'],
  [512_000, '>500KB'],
])('%d bytes are %s', (bytes, bin) => {
  expect(binSize(bytes)).toBe(bin)
})

test('a longer session and a bigger file never stand in an earlier bin', () => {
  const rising = (bins: readonly string[], bin: (n: number) => string) =>
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)]
        expect(bins.indexOf(bin(less))).toBeLessThanOrEqual(bins.indexOf(bin(more)))
      }),
    )
  rising(DURATION_BINS, binDuration)
  rising(SIZE_BINS, binSize)
})

test.each([
  ['2.17.2', '2.17.2'],
  ['2.17.2+local.dev.abc123', '2.17.2'],
  ['2.17.2-dev.abc123', '2.17.2-dev'],
  ['v8.12.0', '8.12.0'],
  ['8.12.0.dev3+g1234', '8.12.0'],
  ['8.12.0-ann', '8.12.0'],
  ['8.12.12345', 'unknown'],
  ['8.12', 'unknown'],
  ['/home/ann/8.12.0', 'unknown'],
  ['', 'unknown'],
])('the version %j becomes %s', (version, sanitized) => {
  expect(sanitizeVersionString(version)).toBe(sanitized)
})

describe('anonymizePath', () => {
  test.each([
    ['/home/user/Code/project/file.py', '~/Code'],
    ['C:\\Users\\Ann\\Documents\\x', '~/Documents'],
    ['c:/users/ann/Documents/x', '~/Documents'],
    ['/Users/ann/Library/Logs', '~/Library'],
    ['/root/Code/x', '~/Code'],
    ['/mnt/c/Users/Ann/Documents/x', '~/Documents'],
    ['/var/home/ann/Code/x', '~/Code'],
    ['~/Code/project', '~/Code'],
    ['~ann/Code/project', '~/Code'],
    ['~', '~'],
    ['/home/user', '~'],
    ['/home/user/', '~'],
    ['/home/ann/../ben/notes', '~/notes'],
    ['/home', '/home'],
    ['/opt/app/bin', '/opt'],
    ['/', '~'],
    ['D:\\work\\secret', 'D:\\work'],
    ['\\\\server\\share\\x', '~'],
    ['relative/path', '~'],
    ['', '~'],
    ['/opt\n/x', '~'],
  ])('%j becomes %j', (path, anonymous) => {
    expect(anonymizePath(path)).toBe(anonymous)
  })

  test('never tells a user name, nor anything two levels below a home', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9 _-]{1,12}$/)
    const home = fc.constantFrom(
      '/home/',
      '/Users/',
      'C:\\Users\\',
      'D:/Users/',
      '/mnt/c/Users/',
      '/var/home/',
    )
    fc.assert(
      fc.property(home, name, name, fc.array(name), (prefix, user, folder, deeper) => {
        const separator = prefix.includes('\\') ? '\\' : '/'
        expect(anonymizePath(prefix + [user, folder, ...deeper].join(separator))).toBe(`~/${folder}`)
      }),
    )
  })

  test('what comes back comes back the same again', () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        expect(anonymizePath(anonymizePath(path))).toBe(anonymizePath(path))
      }),
    )
  })
})
