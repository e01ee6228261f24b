import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { decode, encode } from '@jridgewell/sourcemap-codec'
import { build, type Plugin } from 'vite'
import { PROGRAM } from '../packages/client/src/cli/cli.ts'
import { renderManPage } from '../packages/command-line/src/manPage.ts'
import { programOf } from '../packages/server/src/operate/cli.ts'
import { buildDashboard } from './buildDashboard.ts'
import { composeStart } from './composeStart.ts'
import { type BuiltIn, composeLicenses } from './licenses.ts'

/**
 * Builds what is published, each package into its `dist` with a package.json of its own: `npm publish packages/client/dist`.
 * The private packages go into each bundle with what they depend on, and so do the few other small packages that are built in.
 * Given a folder, it builds the client only, into that folder, so that tests can use what people install.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const PACKED_FROM = 8_000
/** `setReturnArrays` of `node:sqlite` came to Node 22.16 and 24, and never to 23. */
const OLDEST_NODE = '22.16'
const NODES = `^${OLDEST_NODE} || >=24`
/** Where the pages are built, and the packages that get one of them. */
const DASHBOARD = join(root, 'packages/dashboard/dist')
const WITH_A_PAGE = ['client', 'server']
/** Where Vite lists what it has built in; the dashboard's settings name it too. */
const LICENSES = 'licenses.json'
/** Packages that are built in, so that nobody has to install them. */
const BUILT_IN = ['valibot', 'ci-info', '@noble/hashes']

/** What each command loads at its start besides {@link CORE}, and the command that is called most. */
const COMMAND =
  /packages\/(command-line\/src\/(?!help|completion)|client\/src\/(cli\/(cli|commands\/status)|show\/(status|schedule))\.)/
/** What the library and each command load at their start: all that an answer of "off" needs. It is one file, since opening a file costs more than reading it. */
const CORE =
  /packages\/client\/src\/(files\/files|consent\/(consent|environmentNo|question|record)|createHost|queue\/queue|rights\/withdraw|send\/(background|caller)|index)\./
/**
 * Modules of the client whose functions the library loads when they are called. They answer at once, so `import()` can't load them. What
 * records a no is not among them: its files may be gone by then.
 */
const LATER = [
  ...['consent/grant', 'consent/notice', 'settings/detectEnvironment', 'privacy'],
  ...['show/previewNotes', 'show/status', 'view/answer'],
]
const isLater = (id: string) => LATER.some((each) => id.endsWith(`packages/client/src/${each}.ts`))
/** The modules of the library that load them. */
const LIBRARY = /packages\/client\/src\/(index|client|collector)\.ts$/

const GROUPS = [
  { name: 'core', test: CORE, priority: 2 },
  { name: 'command', test: COMMAND, priority: 1 },
]

/** Modules of Node's that the sources import as a whole. They are loaded where they are used. */
const WHEN_USED = /^import (\w+) from "(node:(?:os|util))";$/gm

/** What a source map calls the folder of the repository. No path leads there: the sources are not published. */
const SOURCE_ROOT = 'voicemode-telemetry:///'

/** What stands in the declarations for the protocol: those of its modules that need no schema. */
const PLAIN_MODULES = ['day', 'plainTypes', 'vocabulary']
const PLAIN_TYPES = 'plain'

/** The manual pages of the packages' commands. */
const MAN_PAGES: Record<string, () => Promise<string>> = {
  'voicemode-telemetry': () => renderManPage(PROGRAM),
  'voicemode-telemetry-server': () => renderManPage(programOf(readManifest('server').version, async () => 1)),
}

interface Manifest {
  name: string
  version: string
  bin: Record<string, string>
  exports?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

const [folder] = process.argv.slice(2)
await buildDashboard()
const client = folder ? resolve(folder) : distOf('client')
await buildPackage('client', client, ['main', 'index', 'watched/watch', 'watched/control', 'watched/library'])
copyPage('view.html', relative(root, join(client, 'page')), true)
if (!folder) {
  await buildPackage('mcp', distOf('mcp'), ['main'])
  await buildPackage('server', distOf('server'), ['main'])
  copyPage('index.html', 'packages/server/dist/dashboard')
}

function distOf(name: string): string {
  return join(root, 'packages', name, 'dist')
}

/**
 * Copies one of the built pages, and the files it names, directly or by way of each other.
 *
 * @param packs whether to compress what is minified and larger than a page of text.
 */
function copyPage(page: string, to: string, packs = false): void {
  const assets = globSync('assets/*', { cwd: DASHBOARD })
  const wanted = new Set([page])
  for (const path of wanted) {
    const text = readFileSync(join(DASHBOARD, path), 'utf8')
    for (const asset of assets) if (text.includes(basename(asset))) wanted.add(asset)
    if (packs && text.length > PACKED_FROM) {
      mkdirSync(dirname(join(root, to, path)), { recursive: true })
      writeFileSync(join(root, to, `${path}.br`), brotliCompressSync(text))
    } else cpSync(join(DASHBOARD, path), join(root, to, path))
  }
}

/**
 * Replaces imports of Node's own modules. An import makes a view of the whole module first, and so loads what nobody asked for: with
 * `node:fs` that is `node:readline` and more, a tenth of the start of a short command.
 */
function loadBuiltinsDirectly(code: string): string {
  let direct = code.replaceAll(WHEN_USED, '')
  for (const [, name, module] of code.matchAll(WHEN_USED)) {
    const uses = new RegExp(`(?<![\\w$.])${name}\\.(?=\\w)`, 'g')
    direct = direct.replaceAll(uses, `process.getBuiltinModule("${module}").`)
  }
  return direct.replaceAll(
    /^import (\{[^}]*\}|[\w$]+) from "(node:[\w/]+)";$/gm,
    (_, names: string, module: string) => {
      return `const ${names.replaceAll(' as ', ': ')} = process.getBuiltinModule("${module}");`
    },
  )
}

/** Escapes what Latin-1 doesn't have: a single such character doubles the memory that the text of a module takes. */
function escapeWide(code: string): string {
  return code.replaceAll(
    /[\u0100-\uffff]/g,
    (wide) => `\\u${wide.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Keeps of a source map which line of which source each line comes from: all that a stack trace of readable code needs. */
function shortenMap(path: string): void {
  const { sources, mappings } = JSON.parse(readFileSync(path, 'utf8')) as {
    sources: string[]
    mappings: string
  }
  const lines = decode(mappings).map((line) =>
    line.slice(0, 1).map(([, source = 0, at = 0]) => [0, source, at, 0] as [number, number, number, number]),
  )
  const short = {
    version: 3,
    sourceRoot: SOURCE_ROOT,
    sources: sources.map((source) => relative(root, join(dirname(path), source)).replaceAll('\\', '/')),
    names: [],
    mappings: encode(lines),
  }
  writeFileSync(path, JSON.stringify(short))
}

/** Has the library load the modules of {@link LATER} when one of their functions is called. */
function loadLater(): Plugin {
  const mark = '\0later:'
  const paths = new Map<string, string>()
  return {
    name: 'later',
    enforce: 'pre',
    async resolveId(source, importer = '') {
      if (!LIBRARY.test(importer)) return null
      const found = await this.resolve(source, importer, { skipSelf: true })
      if (!found || !isLater(found.id)) return found
      const name = basename(found.id, '.ts')
      paths.set(name, found.id)
      return mark + name
    },
    load(id) {
      if (!id.startsWith(mark)) return null
      const name = id.slice(mark.length)
      const source = readFileSync(paths.get(name) ?? '', 'utf8')
      return [
        `const load = () => process.getBuiltinModule('node:module').createRequire(import.meta.url)('./${name}.js')`,
        ...[...source.matchAll(/^export (?:async )?function (\w+)/gm)].map(
          ([, called]) => `export const ${called} = (...args) => load().${called}(...args)`,
        ),
      ].join('\n')
    },
  }
}

async function buildPackage(name: string, dist: string, entries: string[]): Promise<void> {
  const folder = join(root, 'packages', name)
  const manifest = readManifest(name)
  const own = manifest.dependencies ?? {}
  rmSync(dist, { recursive: true, force: true })
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    plugins: [loadLater()],
    ssr: {
      external: Object.keys(own),
      noExternal: [/^@voicemode-telemetry\//, ...BUILT_IN],
    },
    build: {
      ssr: true,
      outDir: dist,
      emptyOutDir: false,
      target: `node${OLDEST_NODE}`,
      minify: false,
      sourcemap: true,
      license: { fileName: LICENSES },
      rolldownOptions: {
        input: [...entries, ...(name === 'client' ? LATER : [])].map((entry) =>
          join(folder, `src/${entry}.ts`),
        ),
        // Named here too: a dependency that is a workspace would be bundled, and then looks for its command in the wrong place.
        external: Object.keys(own),
        // The comments on functions stand in the declarations.
        output: {
          codeSplitting: { groups: GROUPS },
          comments: { jsdoc: false },
          entryFileNames: ({ facadeModuleId }) =>
            `${isLater(facadeModuleId ?? '') ? 'assets/' : ''}[name].js`,
        },
        plugins: [
          {
            name: 'lean',
            renderChunk: (code) => ({ code: escapeWide(loadBuiltinsDirectly(code)), map: null }),
          },
        ],
      },
    },
  })
  for (const path of globSync('**/*.js.map', { cwd: dist })) shortenMap(join(dist, path))
  const main = readFileSync(join(dist, 'main.js'), 'utf8')
  const start = join(dist, 'start.js')
  writeFileSync(start, composeStart(Object.keys(manifest.bin)[0] ?? name, main, OLDEST_NODE))
  chmodSync(start, 0o755)
  if (manifest.exports) declareTypes(name, dist)
  const { devDependencies: _, ...published } = manifest
  const bin = Object.fromEntries(Object.keys(manifest.bin).map((command) => [command, 'start.js']))
  const man = await writeManPage(manifest, dist)
  const asked = { ...published, bin, man, engines: { node: NODES } }
  const built = JSON.stringify(asked, null, 2).replaceAll(/\.\/(?:src\/)?(\w+)\.ts/g, './$1.js')
  writeFileSync(join(dist, 'package.json'), `${built}\n`)
  const lists = [dist, ...(WITH_A_PAGE.includes(name) ? [DASHBOARD] : [])].map((from) => join(from, LICENSES))
  const builtIn = lists.flatMap((path) => JSON.parse(readFileSync(path, 'utf8')) as BuiltIn[])
  if (builtIn.length > 0) writeFileSync(join(dist, 'LICENSES-BUILT-IN.md'), composeLicenses(builtIn))
  rmSync(join(dist, LICENSES))
  for (const page of ['LICENSE', 'README.md', 'PRIVACY.md']) cpSync(join(root, page), join(dist, page))
}

/** @returns its path in the package; undefined for a command that has only a help. */
async function writeManPage({ name }: Manifest, dist: string): Promise<string | undefined> {
  const page = await MAN_PAGES[name]?.()
  if (page === undefined) return undefined
  const path = `${name}.1.gz`
  writeFileSync(join(dist, path), gzipSync(page, { level: 9 }))
  return `./${path}`
}

function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest
}

/** Writes the declarations that those of the package's index need; those of private packages are named by path. */
function declareTypes(name: string, dist: string): void {
  const types = join(dist, 'types')
  const args = [
    '--project',
    root,
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--outDir',
    types,
  ]
  execFileSync('tsc', args, { cwd: root, stdio: 'inherit' })
  const plain = PLAIN_MODULES.map((each) => `export * from './${each}.js'\n`).join('')
  writeFileSync(join(types, `packages/protocol/src/${PLAIN_TYPES}.d.ts`), plain)
  const wanted = new Set([`packages/${name}/src/index.d.ts`])
  for (const path of wanted) {
    const file = join(types, path)
    const own = readFileSync(file, 'utf8')
      .replaceAll(/@voicemode-telemetry\/([\w-]+)/g, (_, each: string) => {
        const part = each === 'protocol' ? PLAIN_TYPES : 'index'
        return relative(dirname(file), join(types, `packages/${each}/src/${part}.js`))
      })
      .replaceAll(/((?:from |import\()['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2')
    writeFileSync(file, own)
    for (const [, target = ''] of own.matchAll(/(?:from |import\()['"](\.[^'"]*)\.js['"]/g)) {
      wanted.add(join(dirname(path), `${target}.d.ts`))
    }
  }
  for (const path of globSync('**/*.d.ts', { cwd: types })) if (!wanted.has(path)) rmSync(join(types, path))
  writeFileSync(join(dist, 'index.d.ts'), `export * from './types/packages/${name}/src/index.js'\n`)
}
