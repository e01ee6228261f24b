import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** What every tarball holds. */
const BASIS = ['package.json', 'README.md', 'LICENSE', 'PRIVACY.md', 'start.js', 'main.js', 'main.js.map']
/** What one may hold besides. */
const CODE = /^assets\/[\w-]+\.js(\.map)?$|^voicemode-telemetry(-server)?\.1\.gz$/

interface Contents {
  has: readonly string[]
  may: RegExp
}

/** The published packages by their folders, each after those that it depends on, and what each holds besides {@link BASIS}. */
export const PUBLISHED: Record<string, Contents> = {
  client: {
    has: ['control', 'library', 'watch']
      .flatMap((name) => [`${name}.js`, `${name}.js.map`])
      .concat(
        'index.js',
        'LICENSES-BUILT-IN.md',
        'index.d.ts',
        'types/packages/client/src/index.d.ts',
        'page/view.html',
      ),
    may: /^types\/packages\/(client|command-line|protocol)\/src\/[\w/-]+\.d\.ts$|^page\/assets\/[\w-]+\.(js|css|svg)(\.br)?$/,
  },
  server: {
    has: ['LICENSES-BUILT-IN.md', 'dashboard/index.html'],
    may: /^dashboard\/assets\/[\w-]+\.(js|css|svg)$/,
  },
  mcp: { has: [], may: /^$/ },
}

interface File {
  path: string
  /** In bytes. */
  size: number
}

/** A tarball as npm describes it. */
export interface Packed {
  name: string
  version: string
  /** Its path. */
  tarball: string
  files: File[]
  /** Installed, in bytes. */
  unpackedSize: number
}

/** Packs a built package into a folder. */
export function pack(dist: string, destination: string): Packed {
  const args = ['pack', '--json', '--pack-destination', destination]
  const shell = process.platform === 'win32'
  const told: unknown = JSON.parse(execFileSync('npm', args, { cwd: dist, encoding: 'utf8', shell }))
  const [packed] = Object.values(told as Record<string, NpmPacked>)
  if (!packed) throw new Error('npm packed nothing')
  const { name, version, filename, files, unpackedSize } = packed
  return { name, version, tarball: join(destination, filename), files, unpackedSize }
}

type NpmPacked = Omit<Packed, 'tarball'> & { filename: string }

/** No line of these comes from a source: one is written by the build, the other passes on what the core exports. */
const UNMAPPED = ['start.js', 'index.js']
/** A shorter program only passes on what another one exports. */
const MAPPED_FROM_BYTES = 200

/** What is wrong with the files of a tarball, each as a sentence; empty if nothing is. */
export function findWrongContents(name: string, files: readonly File[]): string[] {
  const { has, may } = PUBLISHED[name] ?? { has: [], may: /^$/ }
  const must = [...BASIS, ...has]
  const paths = files.map(({ path }) => path)
  const programs = files.filter(({ path }) => /^(\w+|assets\/.*)\.js$/.test(path) && !UNMAPPED.includes(path))
  return [
    ...must.filter((path) => !paths.includes(path)).map((path) => `${path} is missing.`),
    ...paths
      .filter((path) => !must.includes(path) && !CODE.test(path) && !may.test(path))
      .map((path) => `${path} does not belong there.`),
    ...programs
      .filter(({ path, size }) => size >= MAPPED_FROM_BYTES && !paths.includes(`${path}.map`))
      .map(({ path }) => `${path} has no source map.`),
  ]
}
