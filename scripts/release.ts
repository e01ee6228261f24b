import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PUBLISHED } from './packages/contents.ts'

/**
 * Publishes what `npm run packages` has built and tried, each package after those that it depends on. On a forge that signs, each gets a
 * provenance: from which commit and by which workflow it was built. With `--dry-run` nothing is published.
 *
 * A version that the registry has already is left out, so that a release that broke off can be repeated.
 */

interface Manifest {
  name: string
  version: string
  dependencies?: Record<string, string>
  repository?: { type: string; url: string; directory: string }
}

const root = fileURLToPath(new URL('..', import.meta.url))
const isDry = process.argv.includes('--dry-run')
const { GITHUB_REF_NAME: tag, GITHUB_REPOSITORY: repository, GITHUB_SERVER_URL: forge } = process.env

const built = Object.keys(PUBLISHED).map((folder) => {
  const dist = join(root, 'packages', folder, 'dist')
  if (!existsSync(join(dist, 'package.json')))
    fail('Run npm run packages first: it builds what is published, and tries it.')
  return { folder, dist, manifest: JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8')) as Manifest }
})
const [version = '', ...others] = new Set(built.map(({ manifest }) => manifest.version))
const asked = built.flatMap(({ manifest }) =>
  built.map(({ manifest: { name } }) => manifest.dependencies?.[name] ?? version),
)
if (others.length > 0 || asked.some((each) => each !== version)) fail('The versions of the packages differ.')
if (!isDry && tag !== `v${version}`) fail(`The tag must be v${version}, the version of the packages.`)

for (const { folder, dist, manifest } of built) {
  if (!isDry && isPublished(manifest)) {
    console.log(`${manifest.name} ${version} is published already.`)
    continue
  }
  // npm refuses a provenance of another repository than the one that the package names.
  if (repository) {
    manifest.repository = {
      type: 'git',
      url: `git+${forge}/${repository}.git`,
      directory: `packages/${folder}`,
    }
    writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  }
  const how = isDry ? ['--dry-run'] : ['--provenance', '--access', 'public']
  npm(['publish', ...how], dist, 'inherit')
}

function isPublished({ name }: Manifest): boolean {
  try {
    return npm(['view', `${name}@${version}`, 'version'], root, 'pipe').trim() === version
  } catch (error) {
    if (String((error as { stderr?: unknown }).stderr).includes('E404')) return false
    throw error
  }
}

function npm(args: readonly string[], cwd: string, stdio: 'inherit' | 'pipe'): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio, shell: process.platform === 'win32' })
}

function fail(why: string): never {
  console.error(why)
  process.exit(1)
}
