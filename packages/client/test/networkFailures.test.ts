import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { failureKindOf } from '../src/send/networkFailure.ts'
import { run } from './commandLine.ts'
import { grantedHome } from './homes.ts'
import { Receiver } from './receiver.ts'

/** A key and a certificate for localhost that signs itself; made for this test, and worth nothing elsewhere. */
const CERTIFICATE = fileURLToPath(new URL('./fixtures/localhost.pem', import.meta.url))

async function closedPort(): Promise<number> {
  await using receiver = await Receiver.start()
  return receiver.port
}

/** A server that takes every event, under a certificate that nobody has signed. */
async function startUntrusted() {
  const pem = readFileSync(CERTIFICATE)
  const server = createServer({ key: pem, cert: pem }, async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    response.end(JSON.stringify({ status: 'ok', event_id: JSON.parse(body).event_id }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

test.each([
  ['no such host', 'Check VOICEMODE_TELEMETRY_ENDPOINT', async () => 'https://nobody.invalid'],
  ['refused', 'Check the port', async () => `http://127.0.0.1:${await closedPort()}`],
])('send and status say %s, and what to do', async (kind, remedy, endpointOf) => {
  using home = await grantedHome()
  const env = { VOICEMODE_TELEMETRY_ENDPOINT: await endpointOf() }
  const sent = await run(home, ['send'], env)
  expect(sent.stdout.toString()).toMatch(new RegExp(`queued: ${kind}: .*${remedy}`))
  expect(sent.code).toBe(1)
  const status = JSON.parse((await run(home, ['status', '--json'], env)).stdout.toString())
  expect(status.last_failure).toMatchObject({
    why: expect.stringMatching(`^${kind}: `),
    remedy: expect.stringContaining(remedy),
  })
})

test("a certificate that is not trusted is named, and one of the operating system's is trusted", async () => {
  using home = await grantedHome()
  const server = await startUntrusted()
  try {
    const env = { VOICEMODE_TELEMETRY_ENDPOINT: server.url }
    const untrusted = await run(home, ['send'], env)
    expect(untrusted.stdout.toString()).toMatch(/queued: certificate not trusted: .*NODE_EXTRA_CA_CERTS/)
    if (process.platform !== 'linux') return
    // Where Linux has the system's certificates, for every program that uses OpenSSL.
    const trusted = await run(home, ['send'], { ...env, SSL_CERT_FILE: CERTIFICATE })
    expect(trusted.stdout.toString()).toMatch(/ sent$/m)
    const status = JSON.parse((await run(home, ['status', '--json'], env)).stdout.toString())
    expect(status.last_failure).toBeNull()
  } finally {
    server.close()
  }
})

test('a failure is told by the codes of an error and of its causes', () => {
  const failed = (cause: unknown) => new TypeError('fetch failed', { cause })
  const coded = (code: string) => Object.assign(new Error('x'), { code })
  expect(failureKindOf(new DOMException('x', 'TimeoutError'))).toBe('timed out')
  expect(failureKindOf(failed(coded('ETIMEDOUT')))).toBe('timed out')
  expect(failureKindOf(failed(new AggregateError([coded('ECONNREFUSED')])))).toBe('refused')
  expect(failureKindOf(failed(coded('SELF_SIGNED_CERT_IN_CHAIN')))).toBe('certificate not trusted')
  expect(failureKindOf(failed(coded('ECONNRESET')))).toBe('connection failed')
})
