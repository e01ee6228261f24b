import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { buildDashboard } from './buildDashboard.ts'
import { composeStart } from './composeStart.ts'

/**
 * Builds what is published, each package into its `dist` with a package.json of its own: `npm publish packages/client/dist`.
 * The private packages go into each bundle with what they depend on, and so do the few other small packages that are built in.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const PACKED_FROM = 8_000
const OLDEST_NODE = '22.16'
/** Packages that are built in, so that nobody has to install them. */
const BUILT_IN = ['valibot', 'ci-info']

/** What each command loads at its start besides {@link CORE}, and the command that is called most. */
const COMMAND = /packages\/(command-line\/src\/(?!help)|client\/src\/cli\/(cli|commands\/status)\.)/
/** What the library and each command load at their start. It is one file, since opening a file costs more than reading it. */
const CORE =
  /packages\/client\/src\/(files|settings|consent|queue\/(?!history|exactEvent)|createHost|privacy|rights\/withdraw|show\/(status|schedule|previewNotes)|view\/answer|send\/(due|background|caller))/

const GROUPS = [
  { name: 'core', test: CORE, priority: 2 },
  { name: 'command', test: COMMAND, priority: 1 },
]

/** What stands in the declarations for the protocol: those of its modules that need no schema. */
const PLAIN_MODULES = ['day', 'plainTypes', 'vocabulary']
const PLAIN_TYPES = 'plain'

interface Manifest {
  name: string
  bin: Record<string, string>
  exports?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

await buildDashboard()
await buildPackage('client', ['main', 'index', 'watched/watch', 'watched/control', 'watched/library'])
await buildPackage('mcp', ['main'])
await buildPackage('server', ['main'])
copyPage('index.html', 'packages/server/dist/dashboard')
copyPage('view.html', 'packages/client/dist/page', true)

/**
 * Copies one of the built pages, and the files it names, directly or by way of each other.
 *
 * @param packs whether to compress what is minified and larger than a page of text.
 */
function copyPage(page: string, to: string, packs = false): void {
  const from = join(root, 'packages/dashboard/dist')
  const assets = globSync('assets/*', { cwd: from })
  const wanted = new Set([page])
  for (const path of wanted) {
    const text = readFileSync(join(from, path), 'utf8')
    for (const asset of assets) if (text.includes(basename(asset))) wanted.add(asset)
    if (packs && text.length > PACKED_FROM) {
      mkdirSync(dirname(join(root, to, path)), { recursive: true })
      writeFileSync(join(root, to, `${path}.gz`), gzipSync(text, { level: 9 }))
    } else cpSync(join(from, path), join(root, to, path))
  }
}

/**
 * Replaces imports of Node's own modules. An import makes a view of the whole module first, and so loads what nobody asked for: with
 * `node:fs` that is `node:readline` and more, a tenth of the start of a short command.
 */
function loadBuiltinsDirectly(code: string): string {
  return code.replaceAll(
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

async function buildPackage(name: string, entries: string[]): Promise<void> {
  const folder = join(root, 'packages', name)
  const dist = join(folder, 'dist')
  const manifest = readManifest(name)
  const own = manifest.dependencies ?? {}
  rmSync(dist, { recursive: true, force: true })
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    ssr: {
      external: Object.keys(own),
      noExternal: [/^@voicemode-telemetry\//, ...BUILT_IN],
    },
    build: {
      ssr: true,
      target: `node${OLDEST_NODE}`,
      minify: false,
      rolldownOptions: {
        input: entries.map((entry) => join(folder, `src/${entry}.ts`)),
        // Named here too: a dependency that is a workspace would be bundled, and then looks for its command in the wrong place.
        external: Object.keys(own),
        output: { codeSplitting: { groups: GROUPS } },
        plugins: [{ name: 'lean', renderChunk: (code) => escapeWide(loadBuiltinsDirectly(code)) }],
      },
    },
  })
  const main = readFileSync(join(dist, 'main.js'), 'utf8')
  const start = join(dist, 'start.js')
  writeFileSync(start, composeStart(Object.keys(manifest.bin)[0] ?? name, main, OLDEST_NODE))
  chmodSync(start, 0o755)
  if (manifest.exports) declareTypes(name, dist)
  const { devDependencies: _, ...published } = manifest
  const bin = Object.fromEntries(Object.keys(manifest.bin).map((command) => [command, './start.js']))
  const asked = { ...published, bin, engines: { node: `>=${OLDEST_NODE}` } }
  const built = JSON.stringify(asked, null, 2).replaceAll(/\.\/(?:src\/)?(\w+)\.ts/g, './$1.js')
  writeFileSync(join(dist, 'package.json'), `${built}\n`)
  const licenses = BUILT_IN.map((each) => {
    const [license = ''] = globSync(`node_modules/${each}/LICENSE*`, { cwd: root })
    return `# ${each}\n\n${readFileSync(join(root, license), 'utf8')}`
  })
  writeFileSync(join(dist, 'LICENSES-BUILT-IN.md'), licenses.join('\n'))
  for (const page of ['LICENSE', 'README.md', 'PRIVACY.md']) cpSync(join(root, page), join(dist, page))
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
