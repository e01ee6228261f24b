import { EXPECTED_PROXY } from '../network/proxy.ts'

/** What kept a request from being answered. */
export type FailureKind =
  | 'proxy unusable'
  | 'proxy not reached'
  | 'proxy refused'
  | 'no such host'
  | 'refused'
  | 'timed out'
  | 'certificate not trusted'
  | 'connection failed'

/** A failure in words, and what a person can do about it; each a sentence without its period. */
export interface NetworkFailure {
  why: string
  remedy: string
}

const KINDS: readonly [FailureKind, RegExp][] = [
  ['proxy unusable', /^PROXY_UNUSABLE$/],
  ['proxy not reached', /^PROXY_UNREACHABLE$/],
  ['proxy refused', /^PROXY_REFUSED$/],
  ['no such host', /^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/],
  ['refused', /^ECONNREFUSED$/],
  ['timed out', /^(TimeoutError|ETIMEDOUT)$/],
  [
    'certificate not trusted',
    /CERT|^UNABLE_TO_(GET_ISSUER|VERIFY_LEAF|DECRYPT)|^(INVALID_PURPOSE|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED)$/,
  ],
]

/** @param variable the one that names the proxy. */
function wordsFor(kind: FailureKind, variable: string): NetworkFailure {
  switch (kind) {
    case 'proxy unusable':
      return {
        why: `proxy unusable: ${variable} ${EXPECTED_PROXY}`,
        remedy: `Change ${variable}, or name the host of the endpoint in NO_PROXY`,
      }
    case 'proxy not reached':
      return {
        why: `proxy not reached: nothing answers at the proxy in ${variable}`,
        remedy: `Check ${variable}, and whether the proxy runs, or name the host of the endpoint in NO_PROXY`,
      }
    case 'proxy refused':
      return {
        why: `proxy refused: the proxy in ${variable} did not let the request through`,
        remedy: `Check ${variable}, or name the host of the endpoint in NO_PROXY`,
      }
    case 'no such host':
      return {
        why: 'no such host: the host name of the endpoint is not known',
        remedy: 'Check VOICEMODE_TELEMETRY_ENDPOINT, and whether this machine is online',
      }
    case 'refused':
      return {
        why: 'refused: nothing takes connections there',
        remedy: 'Check the port in VOICEMODE_TELEMETRY_ENDPOINT, and whether the server runs',
      }
    case 'timed out':
      return {
        why: 'timed out: the server did not answer in time',
        remedy: 'Try again; if it keeps failing, check whether a firewall blocks the way',
      }
    case 'certificate not trusted':
      return {
        why: "certificate not trusted: the server's certificate is not from an authority that this machine trusts",
        remedy:
          "Behind a company's proxy, add its certificate to the operating system, or name its file in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE, and check that the file can be read. Otherwise ask the operator of the server",
      }
    case 'connection failed':
      return {
        why: 'connection failed: it ended before the server answered',
        remedy: 'Try again; if it keeps failing, ask the operator of the server',
      }
    default:
      throw kind satisfies never
  }
}

/** Which kind of failure an error of a request tells of, by its codes and those of its causes. */
export function failureKindOf(error: unknown): FailureKind {
  const signs = signsOf(error)
  return KINDS.find(([, sign]) => signs.some((each) => sign.test(each)))?.[0] ?? 'connection failed'
}

/** What an error of a request says to a person. Its message is not repeated, for that may contain a password. */
export function networkFailureOf(error: unknown): NetworkFailure {
  const variable = error instanceof Error && 'variable' in error ? String(error.variable) : 'HTTPS_PROXY'
  return wordsFor(failureKindOf(error), variable)
}

function signsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const code = 'code' in error ? [String(error.code)] : []
  // Of a host with several IP addresses, each has an error of its own.
  const others = error instanceof AggregateError ? error.errors : []
  return [...code, error.name, ...[error.cause, ...others].flatMap(signsOf)]
}
