import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { eraseFile, isUnreadable, readText, rewrite, writeWhole } from './files.ts'

/** People keep the base directory in git, with their settings. These files belong to one machine alone. */
const LINES = [
  '# Files of voicemode-telemetry, which belong to this machine alone',
  '/telemetry_*',
  '/telemetry.lock',
  '/.telemetry_*.tmp',
  '/.*voicemode.env.*.tmp',
]

/**
 * Adds lines to a base directory's `.gitignore` that leave out our files, unless they are there. Every other byte stays. If it can't be
 * written, nothing happens: an answer does not wait for git.
 */
export function hideFromGit(base: string): void {
  change(base, (text) => {
    if (isHiddenBy(text)) return text
    const isEnded = text === '' || text.endsWith('\n')
    return `${text}${isEnded ? '' : '\n'}${LINES.map((line) => `${line}\n`).join('')}`
  })
}

/** Takes the lines out again, and deletes the file if nothing else is in it. */
export function showToGit(base: string): void {
  change(base, (text) => {
    const lines = text.split(/(?<=\n)/)
    const at = lines.findIndex((_, n) => LINES.every((line, k) => lines[n + k]?.trimEnd() === line))
    return at < 0 ? text : lines.toSpliced(at, LINES.length).join('')
  })
}

/** Whether a base directory's `.gitignore` leaves out our files. */
export function isHiddenFromGit(base: string): boolean {
  return isHiddenBy(readText(join(base, '.gitignore')) ?? '')
}

function isHiddenBy(text: string): boolean {
  const lines = text.split('\n').map((line) => line.trimEnd())
  return LINES.slice(1).every((line) => lines.includes(line))
}

/** Has git leave out a folder of ours, which is made if it is missing. If that fails, nothing happens. */
export function hideFolderFromGit(folder: string): void {
  const path = join(folder, '.gitignore')
  try {
    if (!existsSync(path)) writeWhole(path, Buffer.from('*\n'))
  } catch {}
}

function change(base: string, edit: (text: string) => string): void {
  const path = join(base, '.gitignore')
  try {
    // A file that can't be read must not be replaced.
    if (isUnreadable(path)) return
    const text = readText(path) ?? ''
    if (text !== '' && edit(text) === '') eraseFile(path)
    else rewrite(path, edit)
  } catch {}
}
