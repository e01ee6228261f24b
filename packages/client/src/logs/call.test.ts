import { expect, test } from 'vitest'
import { assembleCalls, type Call } from './call.ts'
import type { EventLine } from './eventLine.ts'

/**
 * A line of a test: who writes it, which step, and what is told of it besides. Time passes a second a line.
 *
 * @example 'a TTS_START' has the session id `a`; '- TTS_START' has none; '7: a CONCH_ACQUIRE' is of the process 7.
 */
function lines(...texts: string[]): EventLine[] {
  return texts.map((text, place) => {
    const [, pid, id, type = '', told = ''] = /^(?:(\d+): )?(\S+) (\w+)(?: (.*))?$/.exec(text) ?? []
    return {
      at: place,
      type,
      sessionId: id === '-' ? undefined : id,
      pid: pid === undefined ? undefined : Number(pid),
      onlySpeaks: told === 'only speaks',
      success: told !== 'false',
      isLocal: undefined,
      error: undefined,
    }
  })
}

/** Of each call that ended: when it began and ended, and the steps that it took. */
function told(calls: readonly Call[]) {
  return calls.map(({ begunAt, endedAt, steps }) => `${begunAt}-${endedAt} ${steps.join(' ')}`.trim())
}

test('a line belongs to the call that has the floor, whatever id it bears', () => {
  const { ended } = assembleCalls(
    lines(
      ...['a TOOL_REQUEST_START', '1: a CONCH_ACQUIRE', 'old TTS_START', '- TTS_FIRST_AUDIO'],
      ...['1: a CONCH_RELEASE', '- TOOL_REQUEST_END'],
    ),
  )
  expect(told(ended)).toEqual(['0-5 TTS_START TTS_FIRST_AUDIO'])
})

test('a call that is refused in the middle of another one is blocked, and takes nothing from it', () => {
  const { ended } = assembleCalls(
    lines(
      ...['a TOOL_REQUEST_START', '1: a CONCH_ACQUIRE', 'a TTS_START'],
      ...['b TOOL_REQUEST_START', '2: b CONCH_BLOCKED', 'b TOOL_REQUEST_END false'],
      ...['a TTS_FIRST_AUDIO', '1: - CONCH_RELEASE', '- TOOL_REQUEST_END'],
    ),
  )
  expect(told(ended)).toEqual(['3-5', '0-8 TTS_START TTS_FIRST_AUDIO'])
  expect(ended.map(({ isBlocked }) => isBlocked)).toEqual([true, false])
})

test('a call that waited for the floor is not blocked', () => {
  const { ended } = assembleCalls(
    lines(
      ...['a TOOL_REQUEST_START', '1: a CONCH_ACQUIRE'],
      ...['- TOOL_REQUEST_START only speaks', '1: - CONCH_BLOCKED', '1: - CONCH_WAIT_START'],
      ...['1: - CONCH_RELEASE', '- TOOL_REQUEST_END', '1: - CONCH_WAIT_END', '1: - CONCH_ACQUIRE'],
      ...['- TTS_START', '1: - CONCH_RELEASE', '- TOOL_REQUEST_END false'],
    ),
  )
  expect(told(ended)).toEqual(['0-6', '2-11 TTS_START'])
  expect(ended[1]).toMatchObject({ isBlocked: false, onlySpeaks: true, floorAt: 8, success: false })
})

test('of two calls of one process that wait, the one that waited longer gets the floor first', () => {
  const { ended } = assembleCalls(
    lines(
      ...['a TOOL_REQUEST_START', '9: a CONCH_ACQUIRE'],
      ...['b TOOL_REQUEST_START', '1: b CONCH_BLOCKED', '1: b CONCH_WAIT_START'],
      ...['c TOOL_REQUEST_START', '1: c CONCH_BLOCKED', '1: c CONCH_WAIT_START'],
      ...['9: a CONCH_RELEASE', 'a TOOL_REQUEST_END', '1: c CONCH_WAIT_END', '1: c CONCH_ACQUIRE'],
      ...['1: c CONCH_RELEASE', 'c TOOL_REQUEST_END'],
    ),
  )
  expect(ended.map(({ begunAt }) => begunAt)).toEqual([0, 2])
})

test('a call that passed the floor by has the lines with its own id', () => {
  const { ended } = assembleCalls(
    lines(
      ...['a TOOL_REQUEST_START', '1: a CONCH_ACQUIRE', 'a TTS_START'],
      ...['b TOOL_REQUEST_START', '1: b CONCH_SKIPPED', 'b TTS_START', 'b TTS_FIRST_AUDIO', 'b SESSION_END'],
      ...['- TOOL_REQUEST_END', 'a TTS_PLAYBACK_END', '1: a CONCH_RELEASE', '- TOOL_REQUEST_END'],
    ),
  )
  expect(told(ended)).toEqual(['3-8 TTS_START TTS_FIRST_AUDIO', '0-11 TTS_START TTS_PLAYBACK_END'])
})

test('TOOL_CANCELLED is of the call of the next line, though another begins in between', () => {
  const { ended } = assembleCalls(
    lines(
      ...['a TOOL_REQUEST_START', '1: a CONCH_ACQUIRE', 'a TOOL_CANCELLED', 'b TOOL_REQUEST_START'],
      ...['1: a CONCH_RELEASE', 'a TOOL_REQUEST_END false', 'b TOOL_REQUEST_END'],
    ),
  )
  expect(ended.map(({ isCancelled }) => isCancelled)).toEqual([true, false])
})

test('a call that was cancelled and died before its end cancels no later one', () => {
  const early = lines('a TOOL_REQUEST_START', 'a TOOL_CANCELLED')
  const late = lines('b TOOL_REQUEST_START', '2: b CONCH_ACQUIRE', '2: b CONCH_RELEASE', 'b TOOL_REQUEST_END')
  const { ended } = assembleCalls([
    ...early,
    ...late.map((line) => ({ ...line, at: line.at + 7_200_000_000 })),
  ])
  expect(ended.map(({ isCancelled }) => isCancelled)).toEqual([false])
})

test('where nobody passes a floor on, a line without an id is of the call that has none or whose session is over', () => {
  const { ended } = assembleCalls(
    lines(
      ...['a TOOL_REQUEST_START', '- TOOL_REQUEST_START only speaks', 'a TTS_START', '- TTS_START'],
      ...['a SESSION_END', '- TOOL_REQUEST_END', '- TOOL_REQUEST_END'],
    ),
  )
  expect(told(ended)).toEqual(['0-5 TTS_START', '1-6 TTS_START'])
})

test('a call without an end is not counted, and neither is one without a beginning', () => {
  const { ended, strays } = assembleCalls(
    lines(
      ...['a TOOL_REQUEST_START', '1: a CONCH_ACQUIRE', 'a TTS_START'],
      ...['2: z CONCH_ACQUIRE', 'z TTS_START', '2: z CONCH_RELEASE', 'z TOOL_REQUEST_END'],
      'y TOOL_REQUEST_END',
    ),
  )
  expect(ended).toEqual([])
  expect(strays).toEqual([3, 7])
})

test('processes that died leave no more than so many calls open', () => {
  const dead = Array.from({ length: 5_000 }, (_, n) => `dead${n} TOOL_REQUEST_START`)
  expect(told(assembleCalls(lines(...dead, 'a TOOL_REQUEST_START', 'a TOOL_REQUEST_END')).ended)).toEqual([
    '5000-5001',
  ])
})

test('TOOL_CANCELLED of a call whose beginning is missing cancels no other', () => {
  const { ended } = assembleCalls(
    lines('a TOOL_CANCELLED', 'a TOOL_REQUEST_END false', 'b TOOL_REQUEST_START', 'b TOOL_REQUEST_END'),
  )
  expect(ended.map(({ isCancelled }) => isCancelled)).toEqual([false])
})

test('of two calls without an id that wait, the one ends whose wait has ended', () => {
  const { ended } = assembleCalls(
    lines(
      ...['- TOOL_REQUEST_START', '1: - CONCH_BLOCKED', '1: - CONCH_WAIT_START'],
      ...['- TOOL_REQUEST_START', '2: - CONCH_BLOCKED', '2: - CONCH_WAIT_START'],
      ...['1: - CONCH_WAIT_END', '- TOOL_REQUEST_END false'],
      ...['2: - CONCH_WAIT_END', '2: - CONCH_ACQUIRE', '2: - CONCH_RELEASE', '- TOOL_REQUEST_END'],
    ),
  )
  expect(ended.map(({ begunAt, isBlocked }) => [begunAt, isBlocked])).toEqual([
    [0, true],
    [3, false],
  ])
})

test('TOOL_CANCELLED is not of another call that is refused right after it', () => {
  const { ended } = assembleCalls(
    lines(
      ...['- TOOL_REQUEST_START', '1: - CONCH_ACQUIRE', '- TOOL_REQUEST_START', '- TOOL_CANCELLED'],
      ...['2: - CONCH_BLOCKED', '1: - CONCH_RELEASE', '- TOOL_REQUEST_END false', '- TOOL_REQUEST_END false'],
    ),
  )
  expect(ended.map(({ isCancelled }) => isCancelled)).toEqual([true, false])
})

test('calls that took the same steps share them, in whichever way they came to them', () => {
  const { ended } = assembleCalls(
    [1, 2, 500].flatMap((times) =>
      lines(
        ...['- TOOL_REQUEST_START', ...Array.from({ length: times }, () => '- TTS_START')],
        ...['- TTS_FIRST_AUDIO', '- TOOL_REQUEST_END'],
      ),
    ),
  )
  expect(ended).toHaveLength(3)
  expect(new Set(ended.map(({ steps }) => steps))).toEqual(new Set([['TTS_START', 'TTS_FIRST_AUDIO']]))
})
