import { expect, test } from 'vitest'
import { networkOf, parseNetwork } from './ipAddress.ts'

test('an IPv6 address counts as its /64, however it is written', () => {
  expect(networkOf('2001:db8:0:1::5')).toBe('2001:db8:0:1::/64')
  expect(networkOf('2001:DB8:0:1:ffff:ffff:ffff:ffff')).toBe('2001:db8:0:1::/64')
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0::/64')
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
  expect(networkOf('::1')).toBe('0:0:0:0::/64')
})

test('an IPv4 address written as IPv6 counts as itself', () => {
  for (const address of ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:c000:0207', '0:0:0:0:0:ffff:192.0.2.7']) {
    expect(networkOf(address), address).toBe('192.0.2.7')
  }
})

test('what is no address counts under its own spelling', () => {
  for (const text of ['', 'unix', '1:2', ':::', 'a::b::c', '::12345']) expect(networkOf(text)).toBe(text)
})

test('what is no range is told', () => {
  for (const text of [
    '',
    'example.org',
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    '::1/',
    '1.2.3.4/8/8',
    '1:2:3',
  ]) {
    expect(parseNetwork(text), text).toBeUndefined()
  }
})
