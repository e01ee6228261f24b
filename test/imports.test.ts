import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { againstTheRow, circles, impurities, type Module, type Row, readModule } from './layers.ts'

/** The rooms of packages that have some, from left to right. What lies in no folder stands where it belongs. */
const ROWS: Record<string, Row> = {
  client: [
    ...[['host.ts', 'privacy.ts', 'version.ts'], 'files', 'settings', 'network', 'createHost.ts'],
    ...['consent', 'logs', 'queue', 'send', 'rights', 'show', 'view'],
    ...[['client.ts', 'collector.ts'], 'cli', ['index.ts', 'main.ts'], 'watched'],
  ],
  server: [
    ...[
      'failure.ts',
      ['host.ts', 'sha256.ts'],
      'http',
      'limits',
      'counts',
      'store',
      'ingest',
      'rights',
      'aggregate',
      'charts',
      'report',
    ],
    ...['jobs', 'access', 'public', 'operate', 'app.ts', 'createHost.ts', ['node', 'worker']],
    ['main.ts', 'worker.ts'],
  ],
  dashboard: ['api', 'model', 'charts', 'host.ts', 'components', ['pages/maintainer', 'pages/viewer']],
}

/** Which workspace packages a package's sources may import. */
const ARROWS: Record<string, string[]> = {
  protocol: [],
  'command-line': [],
  client: ['@voicemode-telemetry/protocol', '@voicemode-telemetry/command-line'],
  mcp: ['voicemode-telemetry', '@voicemode-telemetry/command-line'],
  server: ['@voicemode-telemetry/protocol', '@voicemode-telemetry/command-line'],
  dashboard: ['@voicemode-telemetry/protocol'],
}
const WORKSPACE = /^(@voicemode-telemetry\/.*|voicemode-telemetry(-.*)?)$/

/** Modules that touch the world: files, sockets, the clock, timers, randomness, the process. Every other one is pure. */
const EDGES: Record<string, RegExp> = {
  protocol: /^$/,
  'command-line': /^(processTerminal|arguments|program|help|completion|manPage|index)\.ts$/,
  client:
    /^(main|host|createHost|client|collector|index)\.ts$|^(files|network|queue|send|rights|show|view|cli|watched)\/|^settings\/(directories|detectEnvironment|installation|pythonPrefixes|settingsFiles|state)\.ts$|^logs\/(datedLogs|logFile|readDays)\.ts$|^consent\/(environmentNo|grant|machineMark|question|record|secretFile|writeRecord)\.ts$/,
  mcp: /./,
  server: /^(createHost|main|worker|operate\/cli)\.ts$|^(node|worker|store\/drivers|operate\/commands)\//,
  dashboard: /\.tsx$|^host\.ts$|(^|\/)(load|use)\w*\.ts$/,
}
/** Modules below an edge's folder that are pure all the same. */
const PURE_AMONG_EDGES: Record<string, string[]> = { client: ['send/due.ts'] }
/** A hash is pure, though it comes from the platform. */
const withoutHash = (module: Module) => (module.path === 'sha256.ts' ? { ...module, imports: [] } : module)
const ENTRY = /(^|\/)(main|worker)\.tsx?$/

/** The package that an import names: also that of `@voicemode-telemetry/protocol/wire/charts`. */
const packageOf = (target: string) => /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? ''

const root = fileURLToPath(new URL('..', import.meta.url))

function modulesOf(name: string): Module[] {
  const src = join(root, 'packages', name, 'src')
  return globSync('**/*.{ts,tsx}', { cwd: src })
    .filter((path) => !/\.test\.|\.d\.ts$/.test(path))
    .map((path) => readModule(path, readFileSync(join(src, path), 'utf8')))
}

const packages = globSync('packages/*/src', { cwd: root }).map((path) => path.split('/')[1] ?? '')

describe.each(packages)('the package %s', (name) => {
  const modules = modulesOf(name)
  const importsThat = (isWrong: (target: string) => boolean) =>
    modules.flatMap(({ path, imports }) => imports.filter(isWrong).map((target) => `${path} -> ${target}`))
  const isEdge = (path: string) =>
    !PURE_AMONG_EDGES[name]?.includes(path) && (EDGES[name]?.test(path) ?? false)

  test('imports only the packages it may', () => {
    const isForeign = (target: string) => WORKSPACE.test(target) && !ARROWS[name]?.includes(packageOf(target))
    const isOutside = (target: string) => target.startsWith('..') && target !== '../package.json'
    expect(importsThat((target) => isForeign(target) || isOutside(target))).toEqual([])
    expect(modules.length).toBeGreaterThan(0)
  })

  test.runIf(ROWS[name])('keeps the order of its rooms', () => {
    expect(againstTheRow(modules, ROWS[name] ?? [])).toEqual([])
  })

  test('has no circle of modules', () => {
    expect(circles(modules)).toEqual([])
  })

  test('keeps its pure modules free of edges and of the world', () => {
    expect(impurities(modules.map(withoutHash), isEdge)).toEqual([])
  })

  test('has entries that nothing imports', () => {
    expect(importsThat((target) => ENTRY.test(target))).toEqual([])
  })
})

describe('what is planted is found', () => {
  const row: Row = ['host.ts', 'left', 'right', ['one', 'other'], 'main.ts']
  const sound = [
    readModule('host.ts', 'export const host = 1'),
    readModule('left/a.ts', "import { host } from '../host.ts'"),
    readModule('right/b.ts', "import { a } from '../left/a.ts'\nimport { c } from './c.ts'\nimport 'hono'"),
    readModule('right/c.ts', "import type { a } from '../left/a.ts'"),
    readModule('one/d.ts', "const b = await import('../right/b.ts')"),
    readModule('main.ts', "import { d } from './one/d.ts'"),
  ]
  const pure = (text: string) => impurities([readModule('left/a.ts', text)], (path) => path === 'edge.ts')

  test('nothing, where nothing is wrong', () => {
    expect(againstTheRow(sound, row)).toEqual([])
    expect(circles(sound)).toEqual([])
    expect(impurities(sound, () => false)).toEqual([])
  })

  test.each([
    ["import type { b } from '../right/b.ts'", 'left/x.ts -> right/b.ts'],
    ["const { b } = await import('../main.ts')", 'left/x.ts -> main.ts'],
  ])('an arrow back: %s', (text, arrow) => {
    expect(againstTheRow([...sound, readModule('left/x.ts', text)], row)).toEqual([arrow])
  })

  test('an arrow between rooms side by side, and a module in no room', () => {
    const aside = readModule('other/x.ts', "import { d } from '../one/d.ts'")
    expect(againstTheRow([aside, readModule('cellar/y.ts', '')], row)).toEqual([
      'other/x.ts -> one/d.ts',
      'cellar/y.ts is in no room',
    ])
  })

  test('a circle, also one of types and one of a module with itself', () => {
    const [b, c] = [
      readModule('b.ts', "import type { c } from './c.ts'"),
      readModule('c.ts', "import { b } from './b.ts'"),
    ]
    expect(circles([...sound, b, c])).toEqual(['b.ts -> c.ts -> b.ts'])
    expect(circles([readModule('d.ts', "import { d } from './d.ts'")])).toEqual(['d.ts -> d.ts'])
  })

  test.each(['setTimeout(run, 1)', 'setInterval(run, 1)', 'globalThis.setImmediate(run)'])(
    'a timer: %s',
    (text) => {
      expect(pure(text)).toEqual(['left/a.ts touches a timer'])
    },
  )

  test.each([
    'Math.random()',
    'crypto.randomUUID()',
    'const { getRandomValues } = crypto',
    'globalThis.crypto.randomBytes(8)',
  ])('randomness: %s', (text) => {
    expect(pure(text)).toEqual(['left/a.ts touches randomness'])
  })

  test.each(['node:timers/promises', 'node:crypto', 'crypto', '../edge.ts'])('an import of %s', (target) => {
    expect(pure(`import { x } from '${target}'`)).toEqual([`left/a.ts -> ${target.replace('../', '')}`])
  })

  test('the clock, the process and the network, unless a comment names them', () => {
    expect(pure('Date.now(); process.exit(); fetch(url)')).toEqual([
      'left/a.ts touches the process',
      'left/a.ts touches the clock',
      'left/a.ts touches the network',
    ])
    expect(pure('// Date.now()\n/** setTimeout, Math.random() */')).toEqual([])
  })
})
