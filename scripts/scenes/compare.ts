import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createHost, grantConsent, previewDay } from '../../packages/client/src/index.ts'
import { exampleEnvironment } from '../exampleEnvironment.ts'
import { playScenes } from './index.ts'

/** What a day would be reported as, and what had happened, where the two differ. */
export interface Difference {
  /** `playScenes` gives the same logs for it. */
  seed: number
  day: string
  field: string
  reported: unknown
  true: unknown
}

const ENVIRONMENT = { ...exampleEnvironment(), installedVersion: undefined }

/** The client, or one that counts otherwise. */
type Client = Pick<
  typeof import('../../packages/client/src/index.ts'),
  'createHost' | 'grantConsent' | 'previewDay'
>

/**
 * Plays scenes and has the client count them.
 *
 * @returns how many days it counted, and where it was wrong.
 */
export async function compareWithClient(
  seed: number,
  client: Client = { createHost, grantConsent, previewDay },
): Promise<{ days: number; differences: Difference[] }> {
  const scenes = playScenes(seed)
  const home = mkdtempSync(join(tmpdir(), 'voicemode-scenes-'))
  const hostAt = (nowMs: number) =>
    client.createHost({ env: {}, homeDirectory: home, workingDirectory: home, isCI: false, now: () => nowMs })
  try {
    for (const { path, content } of scenes.files) {
      mkdirSync(dirname(join(home, '.voicemode', path)), { recursive: true })
      writeFileSync(join(home, '.voicemode', path), content)
    }
    if (scenes.sinceMs) await client.grantConsent(hostAt(scenes.sinceMs), 'command')
    const differences: Difference[] = []
    for (const [day, { usage, told }] of scenes.days) {
      const { body } = await client.previewDay(hostAt(scenes.nowMs), day, ENVIRONMENT)
      const event = body === undefined ? undefined : JSON.parse(body)
      const { version, exec_source } = event?.environment ?? {}
      const reported = event ? { ...event.usage, version, exec_source } : {}
      const wanted = usage
        ? { ...usage, version: told.version ?? 'unknown', exec_source: told.exec_source }
        : {}
      differences.push(...differencesOf(reported, wanted).map((one) => ({ seed, day, ...one })))
    }
    return { days: scenes.days.size, differences }
  } finally {
    rmSync(home, { recursive: true })
  }
}

function differencesOf(reported: Record<string, unknown>, wanted: Record<string, unknown>) {
  const fields = [...new Set([...Object.keys(reported), ...Object.keys(wanted)])]
  return fields
    .filter((field) => !isDeepStrictEqual(reported[field], wanted[field]))
    .map((field) => ({ field, reported: reported[field], true: wanted[field] }))
}
