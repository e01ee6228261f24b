import type { Environment, OsType } from '@voicemode-telemetry/protocol'

/** The environment as the client finds it. The other fields come from the logs. */
export type DetectedEnvironment = Omit<Environment, 'exec_source' | 'version'> & {
  /** VoiceMode's version, for a day whose logs name none; undefined if no installation was found. */
  installedVersion: string | undefined
}

const OS_TYPES: Record<string, OsType> = { linux: 'Linux', darwin: 'Darwin', win32: 'Windows' }

/** @param platform as Node names it. */
export function osTypeOf(platform: string): OsType {
  return OS_TYPES[platform] ?? 'other'
}
