import { existsSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import { isUnreadable, readText } from '../files/files.ts'
import type { Env, Host } from '../host.ts'
import { settingsOf, settingValue } from './settingsFile.ts'

/** The user's settings files: the one that VoiceMode reads, then the one that it passes over. Neither need be there. */
export function userSettingsPaths(home: string): [string, string] {
  const current = join(home, '.voicemode', 'voicemode.env')
  const older = join(home, '.voicemode', '.voicemode.env')
  return existsSync(current) || !existsSync(older) ? [current, older] : [older, current]
}

/**
 * The project's settings files: those of the working directory, or of the nearest folder above it that has some. The one
 * that VoiceMode reads comes first. The user's own, which stand above everything in a home directory, are none.
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

/** The settings files that VoiceMode reads, the user's above the project's. The first need not be there. */
export function loadedPaths(home: string, workingDirectory: string): string[] {
  const [user] = userSettingsPaths(home)
  const [project] = settingsPathsAbove(home, workingDirectory)
  // It looks into every folder but the topmost.
  return project === undefined || isInTopmostFolder(project) ? [user] : [user, project]
}

/**
 * The environment as VoiceMode has it once it has read its settings: a variable that is set, also to nothing, stands above
 * every file, and a file above those after it.
 */
export function loadSettings(env: Env, paths: readonly string[]): Env {
  const isSet = Object.entries(env).filter(([, value]) => value !== undefined)
  const settings = paths.toReversed().flatMap((path) => [...settingsOf(readText(path) ?? '')])
  return Object.fromEntries([...settings, ...isSet])
}

/**
 * What the person themselves set a key to: in the environment, else in their own file. A project can't decide it; VoiceMode
 * copies a project's file into the environment of what it starts, so what also stands in one may be the project's word.
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

/** Whether VoiceMode writes event logs; set but empty, the setting turns them off. Logs from before stay. */
export function writesEventLogs({ env, directories, workingDirectory }: Host): boolean {
  const settings = loadSettings(env, loadedPaths(directories.home, workingDirectory))
  return [settings[SAVE_ALL] ?? '', settings[LOG_EVENTS] ?? 'true'].some((value) =>
    ON_WORDS.includes(value.toLowerCase()),
  )
}

/** The texts of the settings files that are there. One that can't be read may hold anything; it reads as `unreadable`. */
export function readSettingsTexts(paths: readonly string[], unreadable: string): string[] {
  return paths.flatMap((path) => readText(path) ?? (isUnreadable(path) ? unreadable : []))
}

function isInTopmostFolder(path: string): boolean {
  const { root } = parse(path)
  return [join(root, '.voicemode.env'), join(root, '.voicemode', 'voicemode.env')].includes(path)
}
