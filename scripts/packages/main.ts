import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findWrongContents, PUBLISHED, pack, root } from './contents.ts'
import { installNode, type Step, tryPackages } from './trial.ts'

/**
 * Builds and packs what is published, checks the tarballs, and tries them from an empty folder on each Node that `engines` promises: the
 * lowest, and both ends of what is kept up. It needs the npm registry.
 */

/** The first of the two lowest majors, and the newest of those that are kept up. */
const NODES = ['22.16.0', '24.0.0', '24.21.0', '26.10.0']
/** Run by `npx`, since they bring a TypeScript of their own: docs/decisions/0019-packages-are-tried.md. */
const LINTERS = {
  publint: ['publint@0.3.25', '--strict'],
  'are-the-types-wrong': ['@arethetypeswrong/cli@0.18.5', '--profile', 'esm-only'],
}
const MAX_CLIENT_BYTES = 600_000

const folder = mkdtempSync(join(tmpdir(), 'packages-'))
const problems: string[] = []
try {
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' })
  const tarballs = Object.keys(PUBLISHED).map((name) => checkTarball(name))
  for (const version of NODES) {
    const bin = installNode(version, join(folder, `node-${version}`))
    tell(`Node ${version}`, await tryPackages(join(folder, `trial-${version}`), bin, tarballs))
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
for (const problem of problems) console.error(`\n${problem}`)
process.exitCode = problems.length > 0 ? 1 : 0

/** @returns the tarball's path. */
function checkTarball(name: string): string {
  const dist = join(root, 'packages', name, 'dist')
  const packed = pack(dist, folder)
  const wrong = findWrongContents(name, packed.files)
  if (name === 'client' && packed.unpackedSize > MAX_CLIENT_BYTES) wrong.push('It is too large.')
  const manifest = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8')) as { exports?: unknown }
  const steps: Step[] = [
    wrong.length > 0 ? { what: 'contents', problem: wrong.join('\n') } : { what: 'contents' },
  ]
  for (const [what, [linter = '', ...options]] of Object.entries(LINTERS)) {
    // Without a library there are no types.
    if (what === 'publint' || manifest.exports) steps.push(lint(what, [linter, packed.tarball, ...options]))
  }
  tell(`${packed.name} (${Math.round(packed.unpackedSize / 1000)} KB, ${packed.files.length} files)`, steps)
  return packed.tarball
}

function lint(what: string, args: readonly string[]): Step {
  try {
    execFileSync('npx', ['--yes', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
      shell: process.platform === 'win32',
    })
    return { what }
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    return { what, problem: `${stdout}${stderr}` }
  }
}

function tell(of: string, steps: readonly Step[]): void {
  console.log(
    `${of}: ${steps.map(({ what, problem }) => `${what} ${problem === undefined ? 'ok' : 'FAILED'}`).join(', ')}`,
  )
  for (const { what, problem } of steps)
    if (problem !== undefined) problems.push(`${of}, ${what}:\n${problem}`)
}
