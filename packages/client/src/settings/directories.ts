import os from 'node:os'
import { isAbsolute, join, resolve, sep } from 'node:path'
import { readText } from '../files/files.ts'
import type { Directories, Env } from '../host.ts'
import {
  findSettings,
  loadSettings,
  personalSetting,
  type Settings,
  type SettingsPaths,
} from './settingsFiles.ts'

/** The home directory of a user who has none: nothing can be read or written below it. It is the `devNull` of `node:os`. */
export const NO_HOME = sep === '\\' ? '\\\\.\\nul' : '/dev/null'

const BASE = 'VOICEMODE_BASE_DIR'
const EVENTS = 'VOICEMODE_EVENT_LOG_DIR'

/** The folders of VoiceMode's files and of ours, by the environment and the settings files. */
export function directoriesOf(env: Env, home: string, workingDirectory: string): Directories {
  const paths = findSettings(home, workingDirectory)
  const settings = loadSettings(env, paths.loaded)
  const standard = join(home, '.voicemode')
  const setBase = settings(BASE)
  const base = resolve(
    workingDirectory,
    setBase === undefined ? standard : expandPath(setBase, settings, home),
  )
  const logs = join(base, 'logs')
  const ownBase = ownBaseOf(env, home, paths) ?? standard
  return {
    home,
    base,
    conversations: join(logs, 'conversations'),
    olderConversations: logs,
    // VoiceMode expands neither `~` nor `$NAME` here.
    events: resolve(workingDirectory, settings(EVENTS) ?? join(logs, 'events')),
    ownBase,
    queue: join(ownBase, 'telemetry_queue'),
    sent: join(ownBase, 'logs', 'telemetry', 'sent'),
    rejected: join(ownBase, 'logs', 'telemetry', 'rejected'),
  }
}

/** A project must not bring a record of a yes with it, so only a path that is the same in every working directory counts. */
function ownBaseOf(env: Env, home: string, paths: SettingsPaths): string | undefined {
  const setting = personalSetting(env, paths, BASE)
  if (setting === undefined) return undefined
  const path = expandPath(setting, loadSettings(env, [paths.user[0]]), home)
  return isAbsolute(path) ? resolve(path) : undefined
}

/** Expands `$NAME` and `${NAME}` once, then a leading `~` or `~user`, as Python does. Unknown names stay as they are. */
function expandPath(path: string, settings: Settings, home: string): string {
  const expanded = path.replace(/\$(\w+|\{[^}]*\})/g, (whole, name: string) => {
    const key = name.replace(/^\{(.*)\}$/s, '$1')
    return settings(key) ?? (key === 'HOME' ? home : whole)
  })
  return expanded.replace(/^~([^/]*)/, (whole, user: string) => {
    const folder = user === '' ? home : homeOf(user)
    // The home directory may be the root folder.
    return folder === undefined ? whole : folder.replace(/\/+$/, '') || '/.'
  })
}

/** The home directory of a user of this machine; undefined if there is no such user. */
function homeOf(name: string): string | undefined {
  const listed = (readText('/etc/passwd') ?? '').split('\n').map((line) => line.split(':'))
  const folder = listed.find(([user]) => user === name)?.[5]
  if (folder) return folder
  try {
    const own = os.userInfo()
    return own.username === name ? own.homedir : undefined
  } catch {
    return undefined
  }
}
