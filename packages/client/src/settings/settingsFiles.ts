import { existsSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import { isMissing, readText } from '../files/files.ts'
import type { Env, Host } from '../host.ts'
import { settingsOf, settingValue } from './settingsFile.ts'

/** The user's settings files: first the one that VoiceMode reads, then the one that it ignores. Both may be missing. */
export function userSettingsPaths(home: string): [string, string] {
  const current = join(home, '.voicemode', 'voicemode.env')
  const older = join(home, '.voicemode', '.voicemode.env')
  return existsSync(current) || !existsSync(older) ? [current, older] : [older, current]
}

/** Where a person's settings files are, by what exists at one moment. */
export interface SettingsPaths {
  /** See {@link userSettingsPaths}. */
  user: [string, string]
  /**
   * The project's: those of the working directory, or of the nearest folder above it that has one. The file that VoiceMode reads comes
   * first. The user's own files are not among them.
   */
  project: string[]
  /** Those that VoiceMode reads: the user's, which may be missing, then the project's. */
  loaded: string[]
}

export function findSettings(home: string, workingDirectory: string): SettingsPaths {
  const user = userSettingsPaths(home)
  const above = settingsPathsAbove(user[0], workingDirectory)
  const [nearest] = above
  // VoiceMode looks into every folder except the root folder.
  const isLoaded = nearest !== undefined && !isInTopmostFolder(nearest)
  return {
    user,
    project: above.filter((path) => !user.includes(path)),
    loaded: isLoaded ? [user[0], nearest] : [user[0]],
  }
}

function settingsPathsAbove(user: string, workingDirectory: string): string[] {
  for (let folder = workingDirectory; ; folder = dirname(folder)) {
    const inFolder = join(folder, '.voicemode', 'voicemode.env')
    const paths = [join(folder, '.voicemode.env'), ...(inFolder === user ? [] : [inFolder])].filter(
      existsSync,
    )
    if (paths.length > 0 || folder === dirname(folder)) return paths
  }
}

/** What a key is set to; undefined if it is not set. */
export type Settings = (key: string) => string | undefined

/**
 * The environment after VoiceMode has read its settings. A variable that is set, even to nothing, overrides every file, and a file
 * overrides those after it.
 */
export function loadSettings(env: Env, paths: readonly string[]): Settings {
  const files = paths.map((path) => settingsOf(readText(path) ?? ''))
  return (key) =>
    (Object.hasOwn(env, key) ? env[key] : undefined) ?? files.find((file) => file.has(key))?.get(key)
}

/**
 * What the person set a key to: in the environment, else in their own settings file. A value in the environment does not count if a
 * project's file has the same one, since VoiceMode copies that file into its environment.
 */
export function personalSetting(
  env: Env,
  { user: [own], project }: SettingsPaths,
  key: string,
): string | undefined {
  const valueIn = (path: string) => settingValue(readText(path) ?? '', key)
  const inEnvironment = env[key]
  const isPersonal = inEnvironment !== undefined && !project.some((path) => valueIn(path) === inEnvironment)
  return isPersonal ? inEnvironment : valueIn(own)
}

const LOG_EVENTS = 'VOICEMODE_EVENT_LOG_ENABLED'
const SAVE_ALL = 'VOICEMODE_SAVE_ALL'
const ON_WORDS = ['true', '1', 'yes', 'on']

/** Whether VoiceMode writes event logs. An empty setting turns them off. Older logs stay. */
export function writesEventLogs({ env, directories, workingDirectory }: Host): boolean {
  const settings = loadSettings(env, findSettings(directories.home, workingDirectory).loaded)
  return [settings(SAVE_ALL) ?? '', settings(LOG_EVENTS) ?? 'true'].some((value) =>
    ON_WORDS.includes(value.toLowerCase()),
  )
}

/** The texts of the settings files that exist. A file that can't be read counts as the text `unreadable`. */
export function readSettingsTexts(paths: readonly string[], unreadable: string): string[] {
  return paths.flatMap((path) => asciiOf(readText(path)) ?? (isMissing(path) ? [] : unreadable))
}

/** Without what UTF-16 puts between ASCII characters: some Windows programs write or append a no in that. */
function asciiOf(text: string | undefined): string | undefined {
  return text?.replace(/^(\xff\xfe|\xfe\xff)/, '').replaceAll('\0', '')
}

function isInTopmostFolder(path: string): boolean {
  const { root } = parse(path)
  return [join(root, '.voicemode.env'), join(root, '.voicemode', 'voicemode.env')].includes(path)
}
