import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { linkInstalled } from './installedPackages.ts'
import { root } from './pages.ts'

test('after a change of a field, npm run derive once leaves nothing stale', () => {
  const folder = mkdtempSync(join(tmpdir(), 'derive-'))
  try {
    copyProject(folder)
    const declaration = join(folder, 'packages/protocol/src/event.ts')
    const text = readFileSync(declaration, 'utf8')
    writeFileSync(declaration, text.replace("label: 'Sessions'", "label: 'Conversations'"))
    const derive = (...args: string[]) =>
      spawnSync(process.execPath, [join(folder, 'scripts/derive.ts'), ...args], { encoding: 'utf8' })
    expect(derive()).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('fields.json') })
    expect(derive('--check')).toMatchObject({ status: 0, stderr: '' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** The project in another folder, with the installed packages of this one. */
function copyProject(folder: string): void {
  const filter = (path: string) => !['node_modules', 'dist', 'test'].includes(basename(path))
  for (const part of ['packages', 'scripts', 'docs', 'examples', 'package.json', 'PRIVACY.md', 'README.md'])
    cpSync(join(root, part), join(folder, part), { recursive: true, filter })
  linkInstalled(folder, readdirSync(join(root, 'node_modules/@voicemode-telemetry')))
}
