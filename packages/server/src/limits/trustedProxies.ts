import { isInNetwork, type Network, parseIpAddress } from './ipAddress.ts'

/**
 * Whose request it is that came through proxies: the last IP address that none of the trusted ones has. Whatever stands
 * before it was written by a stranger and is not looked at.
 *
 * @param peer the IP address at the other end of the socket.
 * @param forwardedFor the header `X-Forwarded-For`, to which each proxy adds the IP address that it was asked from.
 * @param onUntrusted is told of the IP address that is returned, where it names another one and is not trusted to.
 */
export function ipAddressBehind(
  peer: string,
  forwardedFor: string | undefined,
  trusted: readonly Network[],
  onUntrusted: (ipAddress: string) => void = () => {},
): string {
  if (forwardedFor === undefined) return peer
  let ipAddress = peer
  for (const hop of forwardedFor.split(',').reverse()) {
    const parsed = parseIpAddress(ipAddress)
    const named = withoutPort(hop.trim())
    // What cannot be read was not written by such a proxy.
    if (!parsed || !parseIpAddress(named)) break
    if (!trusted.some((network) => isInNetwork(parsed, network))) {
      onUntrusted(ipAddress)
      break
    }
    ipAddress = named
  }
  return ipAddress
}

/** Some proxies add the port, and then brackets around IPv6. */
function withoutPort(hop: string): string {
  return /^\[(.*)\](:\d+)?$/.exec(hop)?.[1] ?? hop.replace(/^([\d.]+):\d+$/, '$1')
}
