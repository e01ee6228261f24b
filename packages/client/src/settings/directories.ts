import { join, resolve } from 'node:path'
import { readText } from '../files/files.ts'
import type { Directories, Env } from '../host.ts'
import { settingValue } from './settingsFile.ts'

/** Where VoiceMode's files and ours lie, as the environment and the user's settings say. */
export function directoriesOf(env: Env, home: string): Directories {
  const settings = readText(userSettingsPath(home)) ?? ''
  const expand = (path: string) => resolve(path.replace(/^~(?=$|[/\\])/, home))
  const setting = (key: string) => env[key] || settingValue(settings, key) || undefined
  const base = expand(setting('VOICEMODE_BASE_DIR') ?? join(home, '.voicemode'))
  const logs = join(base, 'logs')
  return {
    home,
    base,
    conversations: join(logs, 'conversations'),
    olderConversations: logs,
    events: expand(setting('VOICEMODE_EVENT_LOG_DIR') ?? join(logs, 'events')),
    queue: join(base, 'telemetry_queue'),
    sent: join(logs, 'telemetry', 'sent'),
    rejected: join(logs, 'telemetry', 'rejected'),
  }
}

/** The user's settings file: the older name is used where only it exists. */
export function userSettingsPath(home: string): string {
  const current = join(home, '.voicemode', 'voicemode.env')
  const legacy = join(home, '.voicemode', '.voicemode.env')
  return readText(current) === undefined && readText(legacy) !== undefined ? legacy : current
}
