import { InMemoryTransport, type JSONRPCMessage } from '@modelcontextprotocol/server'
import { expect, test } from 'vitest'
import { type Repeat, reportProgress } from './progress.ts'

/** A connection whose time stands still until `pass` lets a sign become due, and what the client got. */
async function connect() {
  const [theirs, ours] = InMemoryTransport.createLinkedPair()
  const got: JSONRPCMessage[] = []
  theirs.onmessage = (message) => got.push(message)
  ours.onmessage = () => {}
  const running = new Set<() => void>()
  const repeat: Repeat = (run) => {
    running.add(run)
    return () => running.delete(run)
  }
  reportProgress(ours, repeat)
  await theirs.start()
  await ours.start()
  return {
    got,
    pass: () => {
      for (const run of running) run()
    },
    call: (id: number, _meta?: { progressToken?: string | number }, method = 'tools/call') =>
      theirs.send({ jsonrpc: '2.0', id, method, params: { name: 'tool', ...(_meta && { _meta }) } }),
    cancel: (requestId: number) =>
      theirs.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } }),
    answer: (id: number) => ours.send({ jsonrpc: '2.0', id, result: {} }),
    ask: (id: number) => ours.send({ jsonrpc: '2.0', id, method: 'elicitation/create', params: {} }),
    refuse: (id: number) => ours.send({ jsonrpc: '2.0', id, error: { code: -1, message: 'no' } }),
  }
}

const sign = (progressToken: unknown, progress: number) => ({
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: { progressToken, progress },
})

test('a call that asks for signs of progress gets them until it is answered', async () => {
  const wire = await connect()
  await wire.call(1, { progressToken: 'a' })
  wire.pass()
  // A question to the client may have the number of the client's call.
  await wire.ask(1)
  wire.pass()
  expect(wire.got.filter((message) => !('id' in message))).toEqual([sign('a', 1), sign('a', 2)])
  await wire.answer(1)
  const before = wire.got.length
  wire.pass()
  expect(wire.got).toHaveLength(before)
})

test('each call gets its own signs, and none after it is cancelled or refused', async () => {
  const wire = await connect()
  await wire.call(1, { progressToken: 0 })
  await wire.call(2, { progressToken: 'b' })
  wire.pass()
  expect(wire.got).toEqual([sign(0, 1), sign('b', 1)])
  await wire.cancel(1)
  wire.pass()
  expect(wire.got.slice(2)).toEqual([sign('b', 2)])
  await wire.refuse(2)
  wire.pass()
  expect(wire.got).toHaveLength(4)
})

test('a call that asks for none, and what is no call, get no sign', async () => {
  const wire = await connect()
  await wire.call(1)
  await wire.call(2, {})
  await wire.call(3, { progressToken: 'c' }, 'tools/list')
  wire.pass()
  expect(wire.got).toEqual([])
})
