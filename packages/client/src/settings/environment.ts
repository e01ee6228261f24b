import type { Environment, OsType } from '@voicemode-telemetry/protocol'

/** The fields of the environment that a day's logs tell. */
export type LoggedField = 'exec_source' | 'version'

/** The environment as it is found on the machine, without what the logs tell. */
export type DetectedEnvironment = Omit<Environment, LoggedField> & {
  /** VoiceMode's version, for a day whose logs name none; undefined if no installation was found. */
  installedVersion: string | undefined
}

const OS_TYPES: Record<string, OsType> = { linux: 'Linux', darwin: 'Darwin', win32: 'Windows' }

/** @param platform as Node names it. */
export function osTypeOf(platform: string): OsType {
  return OS_TYPES[platform] ?? 'other'
}
