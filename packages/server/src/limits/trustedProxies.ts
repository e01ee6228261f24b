import { isInNetwork, type Network, parseIpAddress } from './ipAddress.ts'

/**
 * Whose request it is that came through proxies: the last IP address that none of the trusted ones has. Whatever stands
 * before it was written by a stranger and is not looked at.
 *
 * @param peer the IP address at the other end of the socket.
 * @param forwardedFor the header `X-Forwarded-For`, to which each proxy adds the IP address that it was asked from.
 */
export function ipAddressBehind(
  peer: string,
  forwardedFor: string | undefined,
  trusted: readonly Network[],
): string {
  let ipAddress = peer
  for (const hop of (forwardedFor ?? '').split(',').reverse()) {
    const parsed = parseIpAddress(ipAddress)
    if (!parsed || !trusted.some((network) => isInNetwork(parsed, network))) break
    const named = withoutPort(hop.trim())
    // What cannot be read was not written by such a proxy.
    if (!parseIpAddress(named)) break
    ipAddress = named
  }
  return ipAddress
}

/** Some proxies add the port, and then brackets around IPv6. */
function withoutPort(hop: string): string {
  return /^\[(.*)\](:\d+)?$/.exec(hop)?.[1] ?? hop.replace(/^([\d.]+):\d+$/, '$1')
}
