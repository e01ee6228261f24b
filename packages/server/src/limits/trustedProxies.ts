import { ipv6Groups } from './addressLimiter.ts'

/** A range of addresses: those whose first `prefixBits` of 128 are those of `bits`. IPv4 stands in `::ffff:0:0/96`. */
export interface Network {
  bits: bigint
  prefixBits: number
}

const OCTET = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const IPV4 = new RegExp(`^${OCTET}(\\.${OCTET}){3}$`)

/** Reads an address or a range in CIDR notation, as `10.0.0.0/8` or `fd00::/8`; undefined where it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const bits = bitsOf(address)
  if (bits === undefined) return undefined
  const width = IPV4.test(address) ? 32 : 128
  const given = prefix === undefined ? width : Number(prefix)
  return given <= width ? { bits, prefixBits: given + 128 - width } : undefined
}

/**
 * Whose request it is that came through proxies: the last address that none of the trusted ones has. Whatever stands
 * before it was written by a stranger and is not looked at.
 *
 * @param peer the address at the other end of the socket.
 * @param forwardedFor the header `X-Forwarded-For`, to which each proxy adds the address that it was asked from.
 */
export function addressBehind(
  peer: string,
  forwardedFor: string | undefined,
  trusted: readonly Network[],
): string {
  let address = peer
  for (const hop of (forwardedFor ?? '').split(',').reverse()) {
    if (!isIn(address, trusted)) break
    const named = withoutPort(hop.trim())
    // What cannot be read was not written by such a proxy.
    if (bitsOf(named) === undefined) break
    address = named
  }
  return address
}

function isIn(address: string, networks: readonly Network[]): boolean {
  const bits = bitsOf(address)
  if (bits === undefined) return false
  return networks.some((network) => {
    const shift = BigInt(128 - network.prefixBits)
    return bits >> shift === network.bits >> shift
  })
}

/** The 128 bits of an address; undefined where it is none. */
function bitsOf(address: string): bigint | undefined {
  const bare = (address.split('%')[0] ?? '').toLowerCase()
  const groups = ipv6Groups(IPV4.test(bare) ? `::ffff:${bare}` : bare)
  return groups?.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n)
}

/** Some proxies add the port, and then brackets around IPv6. */
function withoutPort(hop: string): string {
  return /^\[(.*)\](:\d+)?$/.exec(hop)?.[1] ?? hop.replace(/^([\d.]+):\d+$/, '$1')
}
