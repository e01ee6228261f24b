import { firstWord, meantWords } from '../settings/meantWords.ts'
import { settingValue } from '../settings/settingsFile.ts'

/** The setting that records the answer. */
export const CONSENT_SETTING = 'VOICEMODE_TELEMETRY'
export const ENDPOINT_SETTING = 'VOICEMODE_TELEMETRY_ENDPOINT'

/** The words of a no, in lower case. */
export const NO_WORDS = ['false', '0', 'no', 'off']
export const YES_WORDS = ['true', '1', 'yes', 'on']
/** Values of `DO_NOT_TRACK` that have no meaning: neither no nor yes. */
const NOT_A_DNT = ['', ...NO_WORDS]

/** The ways in which a person gives an answer. */
const PERSONAL_CHANNELS = ['prompt', 'command', 'page', 'mcp'] as const
/** The ways in which an answer is given. `environment`: by a variable, on a machine without a person. */
export const CHANNELS = [...PERSONAL_CHANNELS, 'environment'] as const
export type Channel = (typeof CHANNELS)[number]

/** The record of an answer, kept besides the setting. */
export interface Receipt {
  decision: 'granted' | 'denied'
  /** When, as an ISO 8601 time in UTC. Nothing that happened before a yes is ever reported. */
  decided_at: string
  channel: Channel
  /** The host name of the server that the question named; empty if it named none; absent if nobody was asked. */
  recipient?: string
  /** When the id was last replaced, if that was after the yes. Nothing that happened before is reported either. */
  id_since?: string
  /** What `decided_at` and `id_since` said while that lay ahead of the clock, and when they were set to the clock's time. */
  ahead_of_clock?: string[]
  /** SHA-256 of the notice that was shown, in hex. */
  notice_hash: string
  /** What that notice listed; see `noticeTerms`. */
  fields: string[]
}

/** Everything that a decision depends on. Settings files are given as their texts. */
export interface ConsentInputs {
  env: Record<string, string | undefined>
  /** The project's settings files that exist. */
  projectFiles: readonly string[]
  /** The user's settings files that exist. The one that VoiceMode reads comes first. */
  userFiles: readonly string[]
  /** Whether the user has a home directory, where an answer could be recorded. */
  hasHome: boolean
  isCI: boolean
  receipt: Receipt | undefined
  /** Whether a no from some process's environment is remembered. */
  remembersNo: boolean
  /** What the current notice lists. */
  noticeTerms: readonly string[]
  /** The host name of the server that gets the events; undefined if none is set. */
  recipient: string | undefined
}

/** What can decide, the strongest first. */
type Layer =
  | 'DO_NOT_TRACK'
  | 'environment'
  | 'project file'
  | 'user file'
  | 'remembered no'
  | 'no home'
  | 'CI'
  | 'another server'
  | 'wider notice'
  | 'unconfirmed setting'
  | 'removed setting'
  | 'earlier no'
  | 'no answer'

export interface Decision {
  state: 'granted' | 'denied' | 'unset'
  decidedBy: Layer
  /** What the current notice lists and the receipt does not. Empty unless a wider notice paused sending. */
  added: string[]
}

/** The consent decision. The first rule that applies wins, and every no overrides every yes. */
export function decideConsent(inputs: ConsentInputs): Decision {
  for (const rule of RULES) {
    const decision = rule(inputs)
    if (decision) return decision
  }
  return unset('no answer')
}

type Rule = (inputs: ConsentInputs) => Decision | undefined

const RULES: readonly Rule[] = [
  ({ env }) => when(environmentNoes(env).includes('DO_NOT_TRACK'), denied('DO_NOT_TRACK')),
  ({ env }) => when(environmentNoes(env).includes(CONSENT_SETTING), denied('environment')),
  ({ projectFiles }) => when(saysNo(projectFiles), denied('project file')),
  ({ userFiles }) => when(saysNo(userFiles), denied('user file')),
  ({ remembersNo }) => when(remembersNo, denied('remembered no')),
  ({ hasHome }) => when(!hasHome, denied('no home')),
  ({ isCI }) => when(isCI, denied('CI')),
  (inputs) => when(setsYes(inputs) && isPersonal(inputs.receipt), granted('user file', inputs)),
  (inputs) => when(isYesOfEnvironment(inputs), granted('environment', inputs)),
  (inputs) => when(setsYes(inputs), unset('unconfirmed setting')),
  ({ receipt }) => when(isPersonal(receipt), unset('removed setting')),
  ({ receipt }) => when(receipt?.decision === 'denied', unset('earlier no')),
]

function when(applies: boolean, decision: Decision): Decision | undefined {
  return applies ? decision : undefined
}

function denied(decidedBy: Layer): Decision {
  return { state: 'denied', decidedBy, added: [] }
}

function unset(decidedBy: Layer): Decision {
  return { state: 'unset', decidedBy, added: [] }
}

/** A yes, unless the current notice lists more than the receipt, or the receipt names another server. Then the person must be asked again. */
function granted(decidedBy: Layer, { receipt, noticeTerms, recipient }: ConsentInputs): Decision {
  const added =
    receipt?.decision === 'granted' ? noticeTerms.filter((term) => !receipt.fields.includes(term)) : []
  if (added.length > 0) return { ...unset('wider notice'), added }
  const agreed = decidedBy === 'user file' ? receipt?.recipient : undefined
  return agreed !== undefined && recipient && agreed !== recipient
    ? unset('another server')
    : { state: 'granted', decidedBy, added: [] }
}

/** The variables that can say no. */
const NO_VARIABLES = ['DO_NOT_TRACK', CONSENT_SETTING] as const
export type NoVariable = (typeof NO_VARIABLES)[number]

/** The variables that say no in an environment. */
export function environmentNoes(env: ConsentInputs['env']): NoVariable[] {
  return NO_VARIABLES.filter((variable) =>
    variable === CONSENT_SETTING
      ? NO_WORDS.includes(firstWord(env[variable] ?? '') ?? '')
      : !NOT_A_DNT.includes(plain(env[variable])),
  )
}

/** Whether a file says no by a variable. Any line that could be meant as a no counts, whatever other lines say. */
function fileSaysNo(text: string, variable: NoVariable): boolean {
  return meantWords(text, variable).some(({ word }) =>
    variable === CONSENT_SETTING ? NO_WORDS.includes(word) : !NOT_A_DNT.includes(word),
  )
}

function saysNo(texts: readonly string[]): boolean {
  return texts.some((text) => NO_VARIABLES.some((variable) => fileSaysNo(text, variable)))
}

/** A yes counts only if VoiceMode's loader sees it. */
function setsYes({ userFiles: [text = ''] }: ConsentInputs): boolean {
  return YES_WORDS.includes(plain(settingValue(text, CONSENT_SETTING)))
}

/** VoiceMode copies its settings files into its environment, so a yes that is also in a file does not count here. */
function isYesOfEnvironment({ env, userFiles, projectFiles }: ConsentInputs): boolean {
  const isInFile = [...userFiles, ...projectFiles].some((text) =>
    meantWords(text, CONSENT_SETTING).some(({ word }) => YES_WORDS.includes(word)),
  )
  return YES_WORDS.includes(plain(env[CONSENT_SETTING])) && !isInFile
}

/** An assistant can write a setting. A receipt shows that a person saw the notice and agreed. */
function isPersonal(receipt: Receipt | undefined): boolean {
  return receipt?.decision === 'granted' && PERSONAL_CHANNELS.some((channel) => channel === receipt.channel)
}

function plain(value: string | undefined): string {
  return (value ?? '').trim().toLowerCase()
}
