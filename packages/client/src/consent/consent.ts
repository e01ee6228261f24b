import { settingValue, settingValues } from '../settings/settingsFile.ts'

/** The setting that records the answer. */
export const CONSENT_SETTING = 'VOICEMODE_TELEMETRY'
export const ENDPOINT_SETTING = 'VOICEMODE_TELEMETRY_ENDPOINT'

const NO_WORDS = ['false', '0', 'no', 'off']
const YES_WORDS = ['true', '1', 'yes', 'on']
/** Values of `DO_NOT_TRACK` that mean nothing at all. */
const NOT_A_DNT = ['', ...NO_WORDS]

/** How a person gave an answer. */
export type Channel = 'prompt' | 'command' | 'mcp' | 'environment' | 'settings'

/** The record of an answer, beside the setting itself. */
export interface Receipt {
  decision: 'granted' | 'denied'
  /** When, as an ISO 8601 time in UTC. Nothing from before a yes is ever reported. */
  decided_at: string
  channel: Channel
  /** When the id was last drawn anew, where that was after the yes; nothing from before it is reported either. */
  id_since?: string
  /** SHA-256 of the notice that was shown, in hex. */
  notice_hash: string
  /** What that notice listed; see `noticeTerms`. */
  fields: string[]
}

/** Everything that a decision rests on; the files as their text, undefined where there is none. */
export interface ConsentInputs {
  env: Record<string, string | undefined>
  projectFile: string | undefined
  userFile: string | undefined
  isCI: boolean
  receipt: Receipt | undefined
  /** What today's notice lists. */
  noticeTerms: readonly string[]
}

/** The layer that decided, from the top. */
type Layer =
  | 'DO_NOT_TRACK'
  | 'environment'
  | 'project file'
  | 'user file'
  | 'CI'
  | 'wider notice'
  | 'no answer'

export interface Decision {
  state: 'granted' | 'denied' | 'unset'
  decidedBy: Layer
  /** What today's notice lists and the receipt's did not; empty unless a wider notice paused sending. */
  added: string[]
}

/** The consent decision: the first rule that applies wins, and every no stands above every yes. */
export function decideConsent(inputs: ConsentInputs): Decision {
  for (const rule of RULES) {
    const decision = rule(inputs)
    if (decision) return decision
  }
  return { state: 'unset', decidedBy: 'no answer', added: [] }
}

type Rule = (inputs: ConsentInputs) => Decision | undefined

const RULES: readonly Rule[] = [
  ({ env }) => (NOT_A_DNT.includes(plain(env.DO_NOT_TRACK)) ? undefined : denied('DO_NOT_TRACK')),
  ({ env }) => (saysNo(env[CONSENT_SETTING]) ? denied('environment') : undefined),
  ({ projectFile }) => (fileSaysNo(projectFile) ? denied('project file') : undefined),
  ({ userFile }) => (fileSaysNo(userFile) ? denied('user file') : undefined),
  ({ isCI }) => (isCI ? denied('CI') : undefined),
  (inputs) => (saysYes(inputs.env[CONSENT_SETTING]) ? granted('environment', inputs) : undefined),
  (inputs) => (fileSaysYes(inputs.userFile) ? granted('user file', inputs) : undefined),
]

function denied(decidedBy: Layer): Decision {
  return { state: 'denied', decidedBy, added: [] }
}

/** A yes, unless its receipt's notice listed less than today's: then the person has to be asked again. */
function granted(decidedBy: Layer, { receipt, noticeTerms }: ConsentInputs): Decision {
  const added =
    receipt?.decision === 'granted' ? noticeTerms.filter((term) => !receipt.fields.includes(term)) : []
  return added.length > 0
    ? { state: 'unset', decidedBy: 'wider notice', added }
    : { state: 'granted', decidedBy, added: [] }
}

function saysNo(value: string | undefined): boolean {
  return NO_WORDS.includes(plain(value))
}

function saysYes(value: string | undefined): boolean {
  return YES_WORDS.includes(plain(value))
}

/** Any line that says no is a no, also where another one follows it. */
function fileSaysNo(text: string | undefined): boolean {
  return settingValues(text ?? '', CONSENT_SETTING).some(saysNo)
}

function fileSaysYes(text: string | undefined): boolean {
  return saysYes(settingValue(text ?? '', CONSENT_SETTING))
}

function plain(value: string | undefined): string {
  return (value ?? '').trim().toLowerCase()
}
