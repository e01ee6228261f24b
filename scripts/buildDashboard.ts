import { accessSync, constants, globSync, statSync } from 'node:fs'
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
  if (isNowhere() || isFresh() || !isOurs()) return
  process.stderr.write('Building the dashboard …\n')
  const { build } = await import('vite')
  await build({ root: dashboard, configFile: join(dashboard, 'vite.config.ts'), logLevel: 'warn' })
}

/** In a working directory that somebody has removed, neither Node nor Vite finds files. What was built before is used. */
function isNowhere(): boolean {
  try {
    process.cwd()
    return false
  } catch {
    return true
  }
}

/** In another user's clone nothing can be built. What was built before is used. */
function isOurs(): boolean {
  try {
    accessSync(dashboard, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function isFresh(): boolean {
  const builtMs = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return globSync(SOURCES, { cwd: root }).every((path) => statSync(join(root, path)).mtimeMs <= builtMs)
}

if (import.meta.main) await buildDashboard()
