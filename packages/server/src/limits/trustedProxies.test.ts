import { expect, test } from 'vitest'
import { parseNetwork } from './ipAddress.ts'
import { ipAddressBehind } from './trustedProxies.ts'

function behind(peer: string, forwardedFor: string | undefined, ...trusted: string[]): string {
  const networks = trusted.map((text) => parseNetwork(text) ?? expect.unreachable(text))
  return ipAddressBehind(peer, { 'x-forwarded-for': forwardedFor }, networks)
}

test('without a trusted proxy nobody is believed', () => {
  expect(behind('192.0.2.1', '198.51.100.7')).toBe('192.0.2.1')
  expect(behind('192.0.2.1', '198.51.100.7', '192.0.2.2')).toBe('192.0.2.1')
})

test('behind trusted proxies it is the last address that is none of theirs, whatever stands before it', () => {
  expect(behind('10.0.0.1', '198.51.100.7', '10.0.0.0/8')).toBe('198.51.100.7')
  expect(behind('10.0.0.1', '203.0.113.5, 198.51.100.7', '10.0.0.0/8')).toBe('198.51.100.7')
  expect(behind('10.0.0.1', '203.0.113.5,198.51.100.7, 10.9.9.9', '10.0.0.0/8')).toBe('198.51.100.7')
  expect(behind('::1', '2001:db8::7, fd00::2', '::1', 'fd00::/8')).toBe('2001:db8::7')
})

test('an IPv4 address is the same in either notation, with a port and without', () => {
  for (const header of ['198.51.100.7:4711', '"198.51.100.7:4711"']) {
    expect(behind('::ffff:10.0.0.1', header, '10.0.0.1'), header).toBe('198.51.100.7')
  }
  for (const header of ['[2001:db8::7]:4711', '"[2001:db8::7]:4711"', '"[2001:db8::7]"']) {
    expect(behind('127.0.0.1', header, '::ffff:127.0.0.1'), header).toBe('2001:db8::7')
  }
})

test('where a proxy names nobody or nonsense, the request is its own', () => {
  for (const header of [undefined, '', 'unknown', '198.51.100.7, unknown', '198.51.100.300']) {
    expect(behind('10.0.0.1', header, '10.0.0.0/8'), header).toBe('10.0.0.1')
  }
  expect(behind('10.0.0.1', '10.0.0.2, 10.0.0.3', '10.0.0.0/8')).toBe('10.0.0.2')
})

test('a range holds its ends and nothing beyond them', () => {
  for (const [address, isTrusted] of [
    ['172.16.0.0', true],
    ['172.31.255.255', true],
    ['172.15.255.255', false],
    ['172.32.0.0', false],
  ] as const) {
    expect(behind(address, '198.51.100.7', '172.16.0.0/12') === '198.51.100.7', address).toBe(isTrusted)
  }
  expect(behind('192.0.2.1', '198.51.100.7', '0.0.0.0/0')).toBe('198.51.100.7')
  expect(behind('192.0.2.1', '198.51.100.7', '::ffff:192.0.0.0/104')).toBe('198.51.100.7')
  expect(behind('192.0.2.1', '198.51.100.7', '::/0')).toBe('192.0.2.1')
})

test('a proxy that is not trusted is told, and a trusted one that names no client, and no other', () => {
  const told: unknown[] = []
  const tell = (headers: Record<string, string>, ...trusted: string[]) => {
    const networks = trusted.map((text) => parseNetwork(text) ?? expect.unreachable(text))
    ipAddressBehind('10.0.0.1', headers, networks, (ipAddress, isTrusted) =>
      told.push([ipAddress, isTrusted]),
    )
    return told.splice(0)
  }
  expect(tell({ 'x-forwarded-for': '198.51.100.7, 10.0.0.2' }, '10.0.0.1')).toEqual([['10.0.0.2', false]])
  expect(tell({ 'x-forwarded-for': '198.51.100.7', 'x-real-ip': '198.51.100.7' }, '10.0.0.0/8')).toEqual([])
  expect(tell({ 'user-agent': 'anyone' })).toEqual([])
  for (const headers of [
    { 'x-forwarded-for': 'unknown' },
    { 'x-forwarded-for': '198.51.100.7, unknown' },
    { 'x-forwarded-for': 'fe80::1%%eth0' },
    { forwarded: 'for=198.51.100.7' },
    { 'x-real-ip': '198.51.100.7' },
    { 'cf-connecting-ip': '198.51.100.7' },
  ]) {
    expect(tell(headers), JSON.stringify(headers)).toEqual([['10.0.0.1', false]])
    expect(tell(headers, '10.0.0.0/8'), JSON.stringify(headers)).toEqual([['10.0.0.1', true]])
  }
})
