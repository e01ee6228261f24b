import { existsSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import { isUnreadable, readText } from '../files/files.ts'
import type { Env, Host } from '../host.ts'
import { settingsOf, settingValue } from './settingsFile.ts'

/** The user's settings files: first the one that VoiceMode reads, then the one that it ignores. Both may be missing. */
export function userSettingsPaths(home: string): [string, string] {
  const current = join(home, '.voicemode', 'voicemode.env')
  const older = join(home, '.voicemode', '.voicemode.env')
  return existsSync(current) || !existsSync(older) ? [current, older] : [older, current]
}

/**
 * The project's settings files: those of the working directory, or of the nearest folder above it that has one. The file that
 * VoiceMode reads comes first. The user's own files are not among them.
 */
export function projectSettingsPaths(home: string, workingDirectory: string): string[] {
  const own = userSettingsPaths(home)
  return settingsPathsAbove(home, workingDirectory).filter((path) => !own.includes(path))
}

function settingsPathsAbove(home: string, workingDirectory: string): string[] {
  const [user] = userSettingsPaths(home)
  for (let folder = workingDirectory; ; folder = dirname(folder)) {
    const inFolder = join(folder, '.voicemode', 'voicemode.env')
    const paths = [join(folder, '.voicemode.env'), ...(inFolder === user ? [] : [inFolder])].filter(
      existsSync,
    )
    if (paths.length > 0 || folder === dirname(folder)) return paths
  }
}

/** The settings files that VoiceMode reads: the user's, which may be missing, then the project's. */
export function loadedPaths(home: string, workingDirectory: string): string[] {
  const [user] = userSettingsPaths(home)
  const [project] = settingsPathsAbove(home, workingDirectory)
  // VoiceMode looks into every folder except the root folder.
  return project === undefined || isInTopmostFolder(project) ? [user] : [user, project]
}

/**
 * The environment after VoiceMode has read its settings. A variable that is set, even to nothing, overrides every file, and a file
 * overrides those after it.
 */
export function loadSettings(env: Env, paths: readonly string[]): Env {
  const isSet = Object.entries(env).filter(([, value]) => value !== undefined)
  const settings = paths.toReversed().flatMap((path) => [...settingsOf(readText(path) ?? '')])
  return Object.fromEntries([...settings, ...isSet])
}

/**
 * What the person set a key to: in the environment, else in their own settings file. A value in the environment does not count if a
 * project's file has the same one, since VoiceMode copies that file into its environment.
 */
export function personalSetting(
  env: Env,
  home: string,
  workingDirectory: string,
  key: string,
): string | undefined {
  const inProject = projectSettingsPaths(home, workingDirectory).map((path) =>
    settingValue(readText(path) ?? '', key),
  )
  const inEnvironment = env[key]
  if (inEnvironment !== undefined && !inProject.includes(inEnvironment)) return inEnvironment
  return settingValue(readText(userSettingsPaths(home)[0]) ?? '', key)
}

const LOG_EVENTS = 'VOICEMODE_EVENT_LOG_ENABLED'
const SAVE_ALL = 'VOICEMODE_SAVE_ALL'
const ON_WORDS = ['true', '1', 'yes', 'on']

/** Whether VoiceMode writes event logs. An empty setting turns them off. Older logs stay. */
export function writesEventLogs({ env, directories, workingDirectory }: Host): boolean {
  const settings = loadSettings(env, loadedPaths(directories.home, workingDirectory))
  return [settings[SAVE_ALL] ?? '', settings[LOG_EVENTS] ?? 'true'].some((value) =>
    ON_WORDS.includes(value.toLowerCase()),
  )
}

/** The texts of the settings files that exist. A file that can't be read counts as the text `unreadable`. */
export function readSettingsTexts(paths: readonly string[], unreadable: string): string[] {
  return paths.flatMap((path) => asciiOf(readText(path)) ?? (isUnreadable(path) ? unreadable : []))
}

/** Without what UTF-16 puts between ASCII characters: some Windows programs write or append a no in that. */
function asciiOf(text: string | undefined): string | undefined {
  return text?.replace(/^(\xff\xfe|\xfe\xff)/, '').replaceAll('\0', '')
}

function isInTopmostFolder(path: string): boolean {
  const { root } = parse(path)
  return [join(root, '.voicemode.env'), join(root, '.voicemode', 'voicemode.env')].includes(path)
}
