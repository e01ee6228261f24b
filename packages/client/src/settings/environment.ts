import type { Environment, OsType } from '@voicemode-telemetry/protocol'

/** An environment as the client finds it; the rest of it the logs tell. */
export type DetectedEnvironment = Omit<Environment, 'exec_source' | 'version'> & {
  /** VoiceMode's version, for a day whose logs name none; undefined where no installation was found. */
  installedVersion: string | undefined
}

const OS_TYPES: Record<string, OsType> = { linux: 'Linux', darwin: 'Darwin', win32: 'Windows' }

/** @param platform as Node names it. */
export function osTypeOf(platform: string): OsType {
  return OS_TYPES[platform] ?? 'other'
}
