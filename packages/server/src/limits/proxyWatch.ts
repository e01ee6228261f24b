import { type Host, MS_PER_HOUR } from '../host.ts'
import { isInNetwork, type Network, parseIpAddress, parseNetwork } from './ipAddress.ts'

/**
 * Where a proxy is that speaks for others and is not trusted. One that is `near`, on this machine or in a private network, is
 * nearly surely the operator's own; from `elsewhere` anybody may pretend to be one.
 */
export const UNTRUSTED_PROXIES = ['near', 'elsewhere'] as const

export type UntrustedProxy = (typeof UNTRUSTED_PROXIES)[number]

/** Loopback, private and link-local networks, and the one between carriers and their customers. */
const NEAR = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
  ...['::1/128', 'fc00::/7', 'fe80::/10'],
]
  .map(parseNetwork)
  .filter((network): network is Network => network !== undefined)

/**
 * Makes the function that is told of each request in the name of others from a proxy that is not trusted, by the proxy's IP
 * address. Each is counted, and of those that are near the first in an hour is logged, without any IP address.
 */
export function createProxyWatch(
  { now, log }: Pick<Host, 'now' | 'log'>,
  count: (from: UntrustedProxy) => void,
): (ipAddress: string) => void {
  let loggedAt = Number.NEGATIVE_INFINITY
  return (ipAddress) => {
    const parsed = parseIpAddress(ipAddress)
    const isNear = parsed !== undefined && NEAR.some((network) => isInNetwork(parsed, network))
    count(isNear ? 'near' : 'elsewhere')
    if (!isNear || Math.abs(now() - loggedAt) < MS_PER_HOUR) return
    loggedAt = now()
    log({ level: 'warning', event: 'proxy-not-trusted' })
  }
}
