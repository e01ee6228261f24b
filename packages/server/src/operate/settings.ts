import type { Option } from '@voicemode-telemetry/command-line'
import { EVENT_RETENTION_DAYS } from '@voicemode-telemetry/protocol'
import type { Operator } from '@voicemode-telemetry/protocol/wire/policy'
import { isLoopback } from '../http/loopback.ts'
import { type Network, parseNetwork } from '../limits/ipAddress.ts'
import { type DatabaseLocation, readDatabaseLocation } from '../store/databaseLocation.ts'

export interface Settings extends DatabaseLocation {
  /** Which setting says where the database is. */
  databaseSource: string
  host: string
  /** 0 takes a free one. */
  port: number
  retentionDays: number
  eventsPerIdPerHour: number
  eventsPerAddressPerHour: number
  /** Proxies whose word on where a request comes from is taken. */
  trustedProxies: Network[]
  /** Undefined: what is for maintainers is served on loopback only, to whoever asks. */
  adminToken: string | undefined
  /** For the page `/privacy`. */
  operator: Operator
}

/** `wrong` names every wrong setting at once, one sentence each, without its value. */
export type ParsedSettings =
  | { outcome: 'serve'; settings: Settings }
  | { outcome: 'wrong'; problems: string[] }

interface Flag {
  fallback: string
  /** A word for its value in the help. */
  takes: string
  about: string
}

const FLAGS = {
  host: { fallback: '127.0.0.1', takes: 'HOST', about: 'IP address or host name to listen on' },
  port: { fallback: '8787', takes: 'PORT', about: 'port to listen on; 0 takes a free one' },
  database: {
    fallback: 'sqlite:./voicemode-telemetry.db',
    takes: 'URL',
    about: 'sqlite:PATH or postgres://USER@HOST/NAME',
  },
  'retention-days': {
    fallback: String(EVENT_RETENTION_DAYS),
    takes: 'DAYS',
    about: `days an event is kept after its day, 1 to ${EVENT_RETENTION_DAYS}`,
  },
  'events-per-id-per-hour': { fallback: '10', takes: 'N', about: 'limit for one installation' },
  'events-per-address-per-hour': { fallback: '100', takes: 'N', about: 'limit for one IP address' },
  'trusted-proxy': {
    fallback: 'none',
    takes: 'CIDR[,…]',
    about: 'proxies whose X-Forwarded-For is believed',
  },
  operator: {
    fallback: 'none',
    takes: 'NAME',
    about: 'who runs this server, for the page /privacy: name and postal address',
  },
  contact: {
    fallback: 'none',
    takes: 'CONTACT',
    about: 'for /privacy: an e-mail address or a URL, and the data protection officer if there is one',
  },
  hosting: {
    fallback: 'none',
    takes: 'HOSTING',
    about: 'for /privacy: who hosts the server and its database, and in which countries',
  },
} as const satisfies Record<string, Flag>

type FlagName = keyof typeof FLAGS

/** Every setting as an option; each has a variable too. */
export const SETTING_OPTIONS: Record<string, Option> = Object.fromEntries(
  Object.entries<Flag>(FLAGS).map(([name, { takes, about, fallback }]) => {
    return [name, { takes, about: `${about}; default: ${fallback}; variable: ${variableOf(name)}` }]
  }),
)

/** Shorter tokens can be guessed by whoever has time, in characters. */
export const MIN_TOKEN_LENGTH = 24
const MAX_PER_HOUR = 1_000_000_000
/** In characters. */
const MAX_LINE_LENGTH = 300

/** Reads the settings: a flag before its variable before the default. An empty variable counts as unset. */
export function parseSettings(
  flags: Readonly<Record<string, string | undefined>>,
  env: Record<string, string | undefined>,
): ParsedSettings {
  const problems: string[] = []
  const text = (name: FlagName): [text: string, source: string] => {
    const flag = flags[name]
    if (flag !== undefined) return [flag, `--${name}`]
    return [env[variableOf(name)] || FLAGS[name].fallback, variableOf(name)]
  }
  const wholeNumber = (name: FlagName, least: number, most: number): number => {
    const [digits, source] = text(name)
    const number = /^\d{1,10}$/.test(digits) ? Number(digits) : Number.NaN
    if (number >= least && number <= most) return number
    problems.push(`${source} must be a whole number from ${least} to ${most}`)
    return least
  }
  const line = (name: FlagName): string | null => {
    const [given, source] = text(name)
    const words = given.trim() || 'none'
    if (words.length > MAX_LINE_LENGTH || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(words)) {
      problems.push(`${source} must be one line of at most ${MAX_LINE_LENGTH} characters`)
    }
    return words === 'none' ? null : words
  }

  const adminToken = env.TELEMETRY_ADMIN_TOKEN || undefined
  const [host, hostSource] = text('host')
  problems.push(...problemsOfAccess(host, hostSource, adminToken))
  const [database, databaseSource] = text('database')
  const read = readDatabaseLocation(database)
  if ('expected' in read) problems.push(`${databaseSource} must be ${read.expected}`)
  const location = 'expected' in read ? undefined : read
  const [proxies, proxiesSource] = text('trusted-proxy')
  const ranges = proxies === 'none' ? [] : proxies.split(',').map((range) => parseNetwork(range.trim()))
  const trustedProxies = ranges.filter((network) => network !== undefined)
  if (trustedProxies.length < ranges.length) {
    problems.push(`${proxiesSource} must be IP addresses or ranges, as 127.0.0.1,10.0.0.0/8`)
  }

  const settings: Settings = {
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: wholeNumber('port', 0, 65_535),
    databaseSource,
    databasePath: location?.databasePath,
    databaseUrl: location?.databaseUrl,
    retentionDays: wholeNumber('retention-days', 1, EVENT_RETENTION_DAYS),
    eventsPerIdPerHour: wholeNumber('events-per-id-per-hour', 1, MAX_PER_HOUR),
    eventsPerAddressPerHour: wholeNumber('events-per-address-per-hour', 1, MAX_PER_HOUR),
    trustedProxies,
    adminToken,
    operator: { name: line('operator'), contact: line('contact'), hosting: line('hosting') },
  }
  return problems.length > 0 ? { outcome: 'wrong', problems } : { outcome: 'serve', settings }
}

function problemsOfAccess(host: string, source: string, adminToken: string | undefined): string[] {
  const problems: string[] = []
  if (/[\s/]/.test(host) || host === '') problems.push(`${source} must be an IP address or a host name`)
  else if (!adminToken && !isLoopback(host)) {
    problems.push(
      `${source} must be a loopback address, as 127.0.0.1, unless TELEMETRY_ADMIN_TOKEN is set: ` +
        'without a token anyone who reaches the server sees the dashboard',
    )
  }
  if (adminToken && !/^[!-~]+$/.test(adminToken)) {
    problems.push('TELEMETRY_ADMIN_TOKEN must hold visible ASCII characters only')
  } else if (adminToken && adminToken.length < MIN_TOKEN_LENGTH && !isLoopback(host)) {
    problems.push(
      `TELEMETRY_ADMIN_TOKEN must have at least ${MIN_TOKEN_LENGTH} characters, unless the server listens on loopback only: ` +
        'make one with `openssl rand -hex 32`',
    )
  }
  return problems
}

function variableOf(name: string): string {
  return `TELEMETRY_${name.toUpperCase().replaceAll('-', '_')}`
}
