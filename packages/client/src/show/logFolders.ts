import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isReadableFile, mayBeThere } from '../files/files.ts'
import type { LogFolders } from '../logs/readDays.ts'

/** A folder from which use is counted, as it is found. */
export interface LogFolder {
  path: string
  found: 'logs' | 'no logs' | 'no folder' | 'unreadable'
  /** How many log files are in it. */
  files: number
  /** How many of these can't be read, and so are not counted. */
  unreadable_files: number
}

const EXCHANGES = /^exchanges_\d{4}-\d\d-\d\d\.jsonl$/
const EVENTS = /^voicemode_events_\d{4}-\d\d-\d\d\.jsonl$/

/** Looks at each folder that is read. It opens no log. */
export function inspectLogFolders({ conversations, olderConversations, events }: LogFolders): LogFolder[] {
  return [inspect(conversations, EXCHANGES), inspect(olderConversations, EXCHANGES), inspect(events, EVENTS)]
}

function inspect(path: string, isLog: RegExp): LogFolder {
  const nothing = { path, files: 0, unreadable_files: 0 }
  try {
    const names = readdirSync(path).filter((name) => isLog.test(name))
    const unreadable = names.filter((name) => !isReadableFile(join(path, name)))
    return {
      path,
      found: names.length > 0 ? 'logs' : 'no logs',
      files: names.length,
      unreadable_files: unreadable.length,
    }
  } catch {
    return { ...nothing, found: mayBeThere(path) ? 'unreadable' : 'no folder' }
  }
}
