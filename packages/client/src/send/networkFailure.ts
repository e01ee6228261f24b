/** What kept a request from being answered. */
export type NetworkFailure =
  | 'no such host'
  | 'refused'
  | 'timed out'
  | 'certificate not trusted'
  | 'proxy refused'
  | 'connection failed'

const KINDS: readonly [NetworkFailure, RegExp][] = [
  ['proxy refused', /^Proxy response .* when HTTP Tunneling$|^UND_ERR_PRX_/],
  ['no such host', /^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/],
  ['refused', /^ECONNREFUSED$/],
  ['timed out', /^(TimeoutError|ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/],
  [
    'certificate not trusted',
    /CERT|^UNABLE_TO_(GET_ISSUER|VERIFY_LEAF|DECRYPT)|^(INVALID_PURPOSE|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED)$/,
  ],
]

/** A failure in words, and what a person can do about it; each a sentence without its period. */
const WORDS: Record<NetworkFailure, { why: string; remedy: string }> = {
  'no such host': {
    why: 'no such host: the host name of the endpoint is not known',
    remedy: 'Check VOICEMODE_TELEMETRY_ENDPOINT, and whether this machine is online',
  },
  refused: {
    why: 'refused: nothing takes connections there',
    remedy: 'Check the port in VOICEMODE_TELEMETRY_ENDPOINT, and whether the server (or your proxy) runs',
  },
  'timed out': {
    why: 'timed out: the server did not answer in time',
    remedy: 'Try again; if it keeps failing, check whether a firewall blocks the way',
  },
  'certificate not trusted': {
    why: "certificate not trusted: the server's certificate is not from an authority that this machine trusts",
    remedy:
      "Behind a company's proxy, add its certificate to the operating system, or name its file in NODE_EXTRA_CA_CERTS. Otherwise ask the operator of the server",
  },
  'proxy refused': {
    why: 'proxy refused: the proxy in HTTPS_PROXY did not let the request through',
    remedy: 'Check HTTPS_PROXY, or name the host of the endpoint in NO_PROXY',
  },
  'connection failed': {
    why: 'connection failed: it ended before the server answered',
    remedy: 'Try again; if it keeps failing, ask the operator of the server',
  },
}

/** Which kind of failure an error of `fetch` tells of, by its codes and those of its causes. */
export function networkFailureOf(error: unknown): NetworkFailure {
  const signs = signsOf(error)
  return KINDS.find(([, sign]) => signs.some((each) => sign.test(each)))?.[0] ?? 'connection failed'
}

export function describeNetworkFailure(kind: NetworkFailure): { why: string; remedy: string } {
  return WORDS[kind]
}

function signsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const code = 'code' in error ? [String(error.code)] : []
  // Of a host with several IP addresses, each has an error of its own.
  const others = error instanceof AggregateError ? error.errors : []
  return [...code, error.name, error.message, ...[error.cause, ...others].flatMap(signsOf)]
}
