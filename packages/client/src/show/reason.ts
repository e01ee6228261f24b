import { dayAt, isAhead } from '@voicemode-telemetry/protocol'
import { CONSENT_SETTING, type Decision } from '../consent/consent.ts'
import { isUnreadable } from '../files/files.ts'
import type { Host } from '../host.ts'
import { findSettings, userSettingsPaths } from '../settings/settingsFiles.ts'
import { readState, type SenderState } from '../settings/state.ts'
import { withTilde } from './tilde.ts'

const ENABLE = 'voicemode-telemetry enable'

interface Reason {
  reason: string
  remedy: string | null
}

/** Why telemetry is on or off, and how a person can change it. */
export function explainDecision(host: Host, { state, decidedBy }: Decision): Reason {
  const { home } = host.directories
  switch (decidedBy) {
    case 'DO_NOT_TRACK':
      return inEnvironment('DO_NOT_TRACK')
    case 'environment':
      return state === 'granted'
        ? { reason: `${CONSENT_SETTING} in the environment says yes`, remedy: null }
        : inEnvironment(CONSENT_SETTING)
    case 'project file':
      return (
        unreadable(host, findSettings(home, host.workingDirectory).project) ?? {
          reason: "this project says no (in this project's .voicemode.env)",
          remedy: "Remove that setting from this project's .voicemode.env.",
        }
      )
    case 'user file':
      if (state === 'granted') return { reason: 'you said yes (in voicemode.env)', remedy: null }
      return (
        unreadable(host, userSettingsPaths(home)) ?? {
          reason: 'you said no (in voicemode.env)',
          remedy: ENABLE,
        }
      )
    case 'remembered no':
      return rememberedNo(readState(host).environmentNo, host.now())
    case 'no home':
      return {
        reason: 'this user has no home directory, so no answer can be recorded',
        remedy: 'Set HOME to a folder that this user may write.',
      }
    case 'CI':
      return { reason: 'this is a CI machine', remedy: null }
    case 'wider notice':
      return { reason: 'new fields were added since you agreed', remedy: `See them and answer: ${ENABLE}` }
    case 'another server':
      return {
        reason: 'your yes was not to the server that is set now',
        remedy: `See which it is and answer: ${ENABLE}`,
      }
    case 'unconfirmed setting':
      return {
        reason: `your settings say yes, but nobody has confirmed it here: ${ENABLE}`,
        remedy: ENABLE,
      }
    case 'removed setting':
      return { reason: `you agreed here, but your settings no longer say yes: ${ENABLE}`, remedy: ENABLE }
    case 'earlier no':
      return { reason: 'you said no', remedy: ENABLE }
    case 'no answer':
      return { reason: "you haven't been asked yet", remedy: ENABLE }
    default:
      throw decidedBy satisfies never
  }
}

function inEnvironment(variable: string): Reason {
  return { reason: `you said no (${variable} in the environment)`, remedy: enableWithout(variable) }
}

/** Which settings file counts as a no because nobody knows what it says; undefined if all can be read. */
function unreadable(host: Host, paths: readonly string[]): Reason | undefined {
  const path = paths.find(isUnreadable)
  if (path === undefined) return undefined
  return {
    reason: `${withTilde(host, path)} can't be read, and it may say no`,
    remedy: 'Make it a file that you can read, of at most 256 KB, or move it away.',
  }
}

/** @param now in milliseconds since 1970. The day of a no that lies ahead of it is not told. */
function rememberedNo(remembered: SenderState['environmentNo'], now: number): Reason {
  if (remembered?.variable === 'unreadable') {
    return { reason: "telemetry_state.json can't be read, and it may remember a no", remedy: ENABLE }
  }
  const variable = remembered?.variable === CONSENT_SETTING ? CONSENT_SETTING : 'DO_NOT_TRACK'
  const at = new Date(remembered?.at ?? Number.NaN).getTime()
  const when = Number.isNaN(at) || isAhead(at, now) ? '' : ` on ${dayAt(at)}`
  return {
    reason: `you said no${when} (${variable} in the environment), and that is remembered`,
    remedy: enableWithout(variable),
  }
}

function enableWithout(variable: string): string {
  return `${ENABLE}, in a terminal where ${variable} is not set`
}
