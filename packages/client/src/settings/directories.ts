import { userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { readText } from '../files/files.ts'
import type { Directories, Env } from '../host.ts'
import { loadedPaths, loadSettings, personalSetting, userSettingsPaths } from './settingsFiles.ts'

const BASE = 'VOICEMODE_BASE_DIR'
const EVENTS = 'VOICEMODE_EVENT_LOG_DIR'

/** Where VoiceMode's files and ours lie, as the environment and the settings files say. */
export function directoriesOf(env: Env, home: string, workingDirectory: string): Directories {
  const settings = loadSettings(env, loadedPaths(home, workingDirectory))
  const standard = join(home, '.voicemode')
  const setBase = settings[BASE]
  const base = resolve(
    workingDirectory,
    setBase === undefined ? standard : expandPath(setBase, settings, home),
  )
  const logs = join(base, 'logs')
  const ownBase = ownBaseOf(env, home, workingDirectory) ?? standard
  return {
    home,
    base,
    conversations: join(logs, 'conversations'),
    olderConversations: logs,
    // Taken as it stands: neither `~` nor `$NAME` is expanded.
    events: resolve(workingDirectory, settings[EVENTS] ?? join(logs, 'events')),
    ownBase,
    queue: join(ownBase, 'telemetry_queue'),
    sent: join(ownBase, 'logs', 'telemetry', 'sent'),
    rejected: join(ownBase, 'logs', 'telemetry', 'rejected'),
  }
}

/** A record of a yes must not come with a project: only a place counts that is the same wherever one stands. */
function ownBaseOf(env: Env, home: string, workingDirectory: string): string | undefined {
  const setting = personalSetting(env, home, workingDirectory, BASE)
  if (setting === undefined) return undefined
  const path = expandPath(setting, loadSettings(env, [userSettingsPaths(home)[0]]), home)
  return isAbsolute(path) ? resolve(path) : undefined
}

/** Expands `$NAME` and `${NAME}` once, then a leading `~` or `~user`, as Python does; a name that is unknown stays. */
function expandPath(path: string, env: Env, home: string): string {
  const variables = new Map([['HOME', home], ...Object.entries(env)])
  const expanded = path.replace(/\$(\w+|\{[^}]*\})/g, (whole, name: string) => {
    return variables.get(name.replace(/^\{(.*)\}$/s, '$1')) ?? whole
  })
  return expanded.replace(/^~([^/]*)/, (whole, user: string) => {
    const folder = user === '' ? home : homeOf(user)
    // A home that is the topmost folder leaves no name behind.
    return folder === undefined ? whole : folder.replace(/\/+$/, '') || '/.'
  })
}

/** The home directory of a user of this machine; undefined where the machine's list does not name them. */
function homeOf(name: string): string | undefined {
  const listed = (readText('/etc/passwd') ?? '').split('\n').map((line) => line.split(':'))
  const folder = listed.find(([user]) => user === name)?.[5]
  if (folder) return folder
  const own = userInfo()
  return own.username === name ? own.homedir : undefined
}
