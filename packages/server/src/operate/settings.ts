import { EVENT_RETENTION_DAYS } from '@voicemode-telemetry/protocol'
import { isLoopback } from '../http/loopback.ts'
import { type Network, parseNetwork } from '../limits/ipAddress.ts'
import { DATABASE_FORM, type DatabaseLocation, parseDatabaseLocation } from '../store/databaseLocation.ts'

export interface Settings extends DatabaseLocation {
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
  /** Whether stdout is for programs. */
  json: boolean
}

/** What a command line asks for. `wrong` names every wrong setting at once, one sentence each, without its value. */
export type Command =
  | { outcome: 'serve'; settings: Settings }
  | { outcome: 'help' }
  | { outcome: 'version' }
  | { outcome: 'wrong'; problems: string[] }

interface Flag {
  fallback: string
  /** A word for its value in the help. */
  takes: string
  about: string
}

const FLAGS = {
  host: { fallback: '127.0.0.1', takes: 'ADDRESS', about: 'address to listen on' },
  port: { fallback: '8787', takes: 'PORT', about: 'port to listen on; 0 takes a free one' },
  database: {
    fallback: 'sqlite:./voicemode-telemetry.db',
    takes: 'ADDRESS',
    about: 'sqlite:PATH or postgres://USER@HOST/NAME',
  },
  'retention-days': {
    fallback: String(EVENT_RETENTION_DAYS),
    takes: 'DAYS',
    about: `days an event is kept after its day, 1 to ${EVENT_RETENTION_DAYS}`,
  },
  'events-per-id-per-hour': { fallback: '10', takes: 'N', about: 'limit for one installation' },
  'events-per-address-per-hour': { fallback: '100', takes: 'N', about: 'limit for one network address' },
  'trusted-proxy': {
    fallback: 'none',
    takes: 'CIDR[,…]',
    about: 'proxies whose X-Forwarded-For is believed',
  },
} as const satisfies Record<string, Flag>

type FlagName = keyof typeof FLAGS

const SWITCHES = ['json', 'help', 'version']

const MAX_PER_HOUR = 1_000_000_000

/** Reads the settings: a flag before its variable before the default. An empty variable counts as unset. */
export function parseSettings(args: readonly string[], env: Record<string, string | undefined>): Command {
  const { given, problems } = parseFlags(args)
  if (given.has('help')) return { outcome: 'help' }
  if (given.has('version')) return { outcome: 'version' }

  const text = (name: FlagName): [text: string, source: string] => {
    const flag = given.get(name)
    if (flag !== undefined) return [flag, `--${name}`]
    const variable = env[variableOf(name)]
    return variable ? [variable, variableOf(name)] : [FLAGS[name].fallback, `--${name}`]
  }
  const wholeNumber = (name: FlagName, least: number, most: number): number => {
    const [digits, source] = text(name)
    const number = /^\d{1,10}$/.test(digits) ? Number(digits) : Number.NaN
    if (number >= least && number <= most) return number
    problems.push(`${source} must be a whole number from ${least} to ${most}`)
    return least
  }

  const [host, hostSource] = text('host')
  const adminToken = env.TELEMETRY_ADMIN_TOKEN || undefined
  if (/[\s/]/.test(host) || host === '') problems.push(`${hostSource} must be an address or a host name`)
  else if (!adminToken && !isLoopback(host)) {
    problems.push(
      `${hostSource} must be a loopback address, as 127.0.0.1, unless TELEMETRY_ADMIN_TOKEN is set: ` +
        'without a token anyone who reaches the server sees the dashboard',
    )
  }
  if (adminToken && !/^[!-~]+$/.test(adminToken)) {
    problems.push('TELEMETRY_ADMIN_TOKEN must hold visible ASCII characters only')
  }

  const [database, databaseSource] = text('database')
  const address = parseDatabaseLocation(database)
  if (!address) problems.push(`${databaseSource} must be written ${DATABASE_FORM}`)

  const [proxies, proxiesSource] = text('trusted-proxy')
  const trustedProxies: Network[] = []
  for (const range of proxies === 'none' ? [] : proxies.split(',')) {
    const network = parseNetwork(range.trim())
    if (network) trustedProxies.push(network)
    else problems.push(`${proxiesSource} must be addresses or ranges, as 127.0.0.1,10.0.0.0/8`)
  }

  const settings: Settings = {
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: wholeNumber('port', 0, 65_535),
    databasePath: address?.databasePath,
    databaseUrl: address?.databaseUrl,
    retentionDays: wholeNumber('retention-days', 1, EVENT_RETENTION_DAYS),
    eventsPerIdPerHour: wholeNumber('events-per-id-per-hour', 1, MAX_PER_HOUR),
    eventsPerAddressPerHour: wholeNumber('events-per-address-per-hour', 1, MAX_PER_HOUR),
    trustedProxies,
    adminToken,
    json: given.has('json'),
  }
  return problems.length > 0 ? { outcome: 'wrong', problems } : { outcome: 'serve', settings }
}

/** What `--help` prints. */
export function helpText(): string {
  const rows = Object.entries<Flag>(FLAGS).map(([name, { takes, about, fallback }]) => {
    return `  ${`--${name} ${takes}`.padEnd(34)} ${about} (${fallback})\n${' '.repeat(37)}or ${variableOf(name)}`
  })
  return `voicemode-telemetry-server: takes telemetry events, keeps them for a while, shows what they tell

Usage: voicemode-telemetry-server [settings]
       voicemode-telemetry-server doctor|backup|restore|move|report --help

${rows.join('\n')}
  ${'--json'.padEnd(34)} print for programs
  ${'--version, --help'.padEnd(34)} print that and stop

TELEMETRY_ADMIN_TOKEN is what maintainers sign in with. Without it the server listens on loopback only.
`
}

function variableOf(name: string): string {
  return `TELEMETRY_${name.toUpperCase().replaceAll('-', '_')}`
}

function parseFlags(args: readonly string[]): { given: Map<string, string>; problems: string[] } {
  const given = new Map<string, string>()
  const problems: string[] = []
  for (let n = 0; n < args.length; n++) {
    const [, name = '', value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(args[n] ?? '') ?? []
    if (SWITCHES.includes(name)) {
      if (value === undefined) given.set(name, '')
      else problems.push(`--${name} takes no value`)
    } else if (Object.hasOwn(FLAGS, name)) {
      const next = value ?? args[n + 1]
      if (next === undefined || (value === undefined && next.startsWith('--'))) {
        problems.push(`--${name} needs a value`)
      } else {
        given.set(name, next)
        if (value === undefined) n++
      }
    } else {
      problems.push(`${name ? `--${name}` : `argument ${n + 1}`} is not a setting of this command`)
    }
  }
  return { given, problems }
}
