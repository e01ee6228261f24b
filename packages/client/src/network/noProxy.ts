/** Whether a URL is exempt from proxies. @param list the value of `NO_PROXY`: hosts, domains, IP addresses and ranges, or `*`. */
export function isExempt(url: URL, list: string): boolean {
  const host = plainHost(url.hostname)
  const port = url.port || '443'
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || isNamed(host, port, entry) || isInRange(host, entry))
}

/** Without brackets, the root's dot and, for a domain, what stands for its hosts: `.example.com`, `*.example.com`. */
function plainHost(written: string): string {
  return written
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
}

function isNamed(host: string, port: string, entry: string): boolean {
  const [, name = entry, ofPort = port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? []
  const named = plainHost(name)
  return ofPort === port && (host === named || (named !== '' && host.endsWith(`.${named}`)))
}

/** Whether an IP address is in a range, written as `10.0.0.0/8`. */
function isInRange(host: string, entry: string): boolean {
  const [, network = '', bits = ''] = /^\[?([^\]/]+)\]?\/(\d{1,3})$/.exec(entry) ?? []
  // Loaded only where a list has ranges: a program pays for every module at its start.
  const { BlockList, isIP } = process.getBuiltinModule('node:net')
  const family = isIP(network)
  if (family === 0 || isIP(host) !== family || Number(bits) > (family === 4 ? 32 : 128)) return false
  const range = new BlockList()
  range.addSubnet(network, Number(bits), `ipv${family}` as 'ipv4' | 'ipv6')
  return range.check(host, `ipv${family}` as 'ipv4' | 'ipv6')
}
