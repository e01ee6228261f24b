/** What can go wrong between a client and its server. */
export const NETWORK_FAULTS = [
  'connection refused',
  'hang before the server',
  'hang after the commit',
  'reset before the commit',
  'reset after the commit',
  'status 408',
  'status 429',
  'status 5xx',
  'status 5xx after the commit',
  'truncated answer',
  'answer that breaks off',
  'answer of a stranger',
  'answer about another event',
] as const

const SPOILT_LOGS = ['log cut short', 'log with zeros', 'log with garbage', 'log rotated away'] as const
export const LOG_FAULTS: readonly (typeof SPOILT_LOGS)[number][] = SPOILT_LOGS

/** All that goes wrong in a simulation. */
export const FAULTS = [
  ...NETWORK_FAULTS,
  ...SPOILT_LOGS,
  'disk full',
  'no permission',
  'read that fails',
  'write that fails',
  'write of a part',
  'write torn by a crash',
  'crash',
  'end of a background process',
  'power failure',
  'file torn or lost by a power failure',
  'rename or deletion lost by a power failure',
  'secret lost',
  'no by hand',
  'no by hand during a send',
  'no of the environment',
  'two senders',
  'three senders',
  'clock set',
  'zone changed',
  'server restarted',
] as const

export type Fault = (typeof FAULTS)[number]
