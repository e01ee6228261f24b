import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dashboard = join(root, 'packages/dashboard')
const built = join(dashboard, 'dist/view.html')

const SOURCES = [
  'packages/dashboard/{src/**,*.html,*.json,*.ts}',
  'packages/protocol/src/**',
  'package-lock.json',
]

/** Builds the dashboard into packages/dashboard/dist if that is missing or older than its sources. */
export async function buildDashboard(): Promise<void> {
  if (isFresh()) return
  process.stderr.write('Building the dashboard …\n')
  const { build } = await import('vite')
  await build({ root: dashboard, configFile: join(dashboard, 'vite.config.ts'), logLevel: 'warn' })
}

function isFresh(): boolean {
  const builtMs = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return globSync(SOURCES, { cwd: root }).every((path) => statSync(join(root, path)).mtimeMs <= builtMs)
}

if (import.meta.main) await buildDashboard()
