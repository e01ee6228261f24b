import { expect, test } from 'vitest'
import { assembleCalls } from './call.ts'
import { parseEventLine } from './eventLine.ts'

/** The calls of lines that are a second apart, without a session. */
function callsOf(lines: [type: string, data?: object][]) {
  const written = lines.map(([event_type, data = {}], second) => ({
    timestamp: new Date(second * 1000).toISOString(),
    event_type,
    session_id: null,
    data,
  }))
  return assembleCalls(written.flatMap((line) => parseEventLine(JSON.stringify(line)) ?? [])).ended
}

test('a call that was cancelled and whose beginning is missing cancels no other', () => {
  const calls = callsOf([
    ['TOOL_CANCELLED'],
    ['TOOL_REQUEST_END', { success: false }],
    ['TOOL_REQUEST_START'],
    ['TOOL_REQUEST_END', { success: true }],
  ])
  expect(calls).toMatchObject([{ success: true, isCancelled: false }])
})

test('of two calls that wait for the floor the one ends whose wait has ended', () => {
  const calls = callsOf([
    ['TOOL_REQUEST_START'],
    ['CONCH_BLOCKED', { pid: 1 }],
    ['CONCH_WAIT_START', { pid: 1 }],
    ['TOOL_REQUEST_START'],
    ['CONCH_BLOCKED', { pid: 2 }],
    ['CONCH_WAIT_START', { pid: 2 }],
    ['CONCH_WAIT_END', { pid: 1 }],
    ['TOOL_REQUEST_END', { success: false }],
    ['CONCH_WAIT_END', { pid: 2 }],
    ['CONCH_ACQUIRE', { pid: 2 }],
    ['CONCH_RELEASE', { pid: 2 }],
    ['TOOL_REQUEST_END', { success: true }],
  ])
  expect(calls).toMatchObject([
    { begunAt: 0, success: false, isBlocked: true },
    { begunAt: 3_000_000, success: true, isBlocked: false },
  ])
})
