import ipaddr from 'ipaddr.js'

type IpAddress = ipaddr.IPv4 | ipaddr.IPv6

/** A range of IP addresses: the first one, and how many of its bits all have in common. */
export type Network = [IpAddress, number]

/** Reads an IP address; an IPv4 address written as IPv6 is read as IPv4. Undefined for anything else. */
export function parseIpAddress(text: string): IpAddress | undefined {
  // The library also reads short forms, as 127.1, which no proxy writes.
  const isAddress = ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text)
  return isAddress ? ipaddr.process(text) : undefined
}

/** Reads an IP address or a range in CIDR notation, as `10.0.0.0/8` or `fd00::/8`; undefined where it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [first = ''] = text.split('/')
  const address = parseIpAddress(first)
  if (!address) return undefined
  const width = address.kind() === 'ipv4' ? 32 : 128
  if (first === text) return [address, width]
  if (!ipaddr.isValidCIDR(text)) return undefined
  // A prefix of an IPv4 address written as IPv6 counts the 96 bits before it too.
  const [written, prefix] = ipaddr.parseCIDR(text)
  return [address, written.kind() === address.kind() ? prefix : Math.max(0, prefix - 96)]
}

export function isInNetwork(address: IpAddress, [first, prefix]: Network): boolean {
  return address.kind() === first.kind() && address.match(first, prefix)
}

/** An IPv4 address as everybody writes it, told without the library, which takes its time. What only looks like one is none. */
const IPV4 = /^((0|[1-9]\d{0,2})\.){3}(0|[1-9]\d{0,2})$/

/** What an IP address counts as: IPv4 itself, of IPv6 its /64. What is none counts under its own spelling. */
export function networkOf(text: string): string {
  if (IPV4.test(text)) return text
  const address = parseIpAddress(text)
  if (address === undefined) return text.toLowerCase()
  if (address instanceof ipaddr.IPv4) return address.toString()
  const groups = address.parts.slice(0, 4).map((group) => group.toString(16))
  return `${groups.join(':')}::/64`
}
