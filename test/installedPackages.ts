import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './pages.ts'

/** Gives a copy of the project the installed packages, and the links to those of its own in `packages`. */
export function linkInstalled(folder: string, own: readonly string[]): void {
  const installed = join(folder, 'node_modules')
  mkdirSync(join(installed, '@voicemode-telemetry'), { recursive: true })
  const link = (target: string, name: string) => symlinkSync(target, join(installed, name), 'junction')
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.') && !name.includes('voicemode-telemetry'))
      link(join(root, 'node_modules', name), name)
  }
  for (const name of own) link(join(folder, 'packages', name), `@voicemode-telemetry/${name}`)
}
