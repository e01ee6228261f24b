import { isInNetwork, type Network, parseIpAddress } from './ipAddress.ts'

/** What proxies add to a request. */
export const PROXY_HEADERS = [
  ...['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'true-client-ip'],
]

/** A Worker has the last one in every request, so it shows a proxy only elsewhere. */
const SIGNS_OF_A_PROXY = [...PROXY_HEADERS, 'cf-connecting-ip']

/**
 * Whose request it is that came through proxies: the last IP address in `X-Forwarded-For` that none of the trusted ones has.
 * Each proxy adds there the IP address that it was asked from. Whatever stands before it was written by a stranger and is not
 * looked at.
 *
 * @param peer the IP address at the other end of the socket.
 * @param headers by their names in small letters; one that came several times is joined by commas.
 * @param onProxy is told of the IP address that is returned, where it is that of a proxy: one that is not trusted, or a trusted
 * one that names no IP address there.
 */
export function ipAddressBehind(
  peer: string,
  headers: Readonly<Record<string, unknown>>,
  trusted: readonly Network[],
  onProxy: (ipAddress: string, isTrusted: boolean) => void = () => {},
): string {
  if (!SIGNS_OF_A_PROXY.some((name) => headers[name] !== undefined)) return peer
  let ipAddress = peer
  const hops = String(headers['x-forwarded-for'] ?? '').split(',')
  for (const hop of hops.reverse()) {
    const parsed = parseIpAddress(ipAddress)
    const isTrusted = parsed !== undefined && trusted.some((network) => isInNetwork(parsed, network))
    // Some write quotation marks, as in Forwarded.
    const named = withoutPort(hop.replaceAll('"', '').trim())
    if (!isTrusted || !parseIpAddress(named)) {
      onProxy(ipAddress, isTrusted)
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
