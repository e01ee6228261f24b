import { type Host, type Incident, MS_PER_HOUR } from '../host.ts'
import { isInNetwork, type Network, parseIpAddress, parseNetwork } from './ipAddress.ts'

/**
 * Which proxy speaks for others without being believed. One that is `near`, on this machine or in a private network, is nearly
 * surely the operator's own; from `elsewhere` anybody may pretend to be one. One that is `trusted` names no client.
 */
export const UNBELIEVED_PROXIES = ['near', 'elsewhere', 'trusted'] as const

export type UnbelievedProxy = (typeof UNBELIEVED_PROXIES)[number]

/** Loopback, private and link-local networks, and the one between carriers and their customers. */
const NEAR = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
  ...['::1/128', 'fc00::/7', 'fe80::/10'],
]
  .map(parseNetwork)
  .filter((network): network is Network => network !== undefined)

/** What is logged of them. */
const EVENTS: Record<UnbelievedProxy, Incident['event'] | undefined> = {
  near: 'proxy-not-trusted',
  elsewhere: undefined,
  trusted: 'client-not-named',
}

/**
 * Makes the function that is told of each request in the name of others from a proxy that is not believed, by the proxy's IP
 * address. Each is counted, and of those that are near or trusted the first in an hour is logged, without any IP address.
 */
export function createProxyWatch(
  { now, log }: Pick<Host, 'now' | 'log'>,
  count: (from: UnbelievedProxy) => void,
): (ipAddress: string, isTrusted: boolean) => void {
  const loggedAt = new Map<Incident['event'], number>()
  return (ipAddress, isTrusted) => {
    const from = isTrusted ? 'trusted' : isNear(ipAddress) ? 'near' : 'elsewhere'
    count(from)
    const event = EVENTS[from]
    if (!event || Math.abs(now() - (loggedAt.get(event) ?? Number.NEGATIVE_INFINITY)) < MS_PER_HOUR) return
    loggedAt.set(event, now())
    log({ level: 'warning', event })
  }
}

function isNear(ipAddress: string): boolean {
  const parsed = parseIpAddress(ipAddress)
  return parsed !== undefined && NEAR.some((network) => isInNetwork(parsed, network))
}
