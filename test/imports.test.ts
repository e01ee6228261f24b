import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Which workspace packages a package's sources may import. */
const ARROWS: Record<string, string[]> = {
  protocol: [],
  'command-line': [],
  client: ['@voicemode-telemetry/protocol', '@voicemode-telemetry/command-line'],
  mcp: ['voicemode-telemetry'],
  server: ['@voicemode-telemetry/protocol'],
  dashboard: ['@voicemode-telemetry/protocol'],
}
const WORKSPACE = /^(@voicemode-telemetry\/.*|voicemode-telemetry(-.*)?)$/

/** Modules that touch the world: files, sockets, the clock, the process. Every other one is pure. */
const EDGES: Record<string, RegExp> = {
  protocol: /^$/,
  'command-line': /^(processTerminal|arguments|program|help|index)\.ts$/,
  client:
    /^(main|host|createHost|client|collector|index)\.ts$|^(files|queue|send|rights|show|view|cli)\/|^settings\/(directories|detectEnvironment|installation|pythonPrefixes|settingsFiles|state)\.ts$|^logs\/(datedLogs|logFile|readDays)\.ts$|^consent\/(environmentNo|grant|question|record)\.ts$/,
  mcp: /./,
  server: /^(main|worker|assets|memoryWiper|nodeServer|schedule)\.ts$|^(drivers|commands)\//,
  dashboard: /\.tsx$|^(host|(view\/)?load)\.ts$/,
}
/** Modules below an edge's folder that are pure all the same. */
const PURE_AMONG_EDGES: Record<string, string[]> = { client: ['send/due.ts'] }
const ENTRY = /^(main|worker)\.tsx?$/
const TOUCHES_THE_WORLD =
  /\bprocess\.|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|[^.\w]fetch\(|\bdocument\.|\blocation\./

interface Module {
  path: string
  text: string
  imports: string[]
}

function modulesOf(name: string): Module[] {
  const src = join(root, 'packages', name, 'src')
  return globSync('**/*.{ts,tsx}', { cwd: src })
    .filter((path) => !path.includes('.test.'))
    .map((path) => {
      const text = readFileSync(join(src, path), 'utf8')
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) =>
        target.startsWith('.') ? normalize(join(dirname(path), target)) : target,
      )
      return { path, text, imports }
    })
}

const packages = globSync('packages/*/src', { cwd: root }).map((path) => path.split('/')[1] ?? '')

describe.each(packages)('the package %s', (name) => {
  const modules = modulesOf(name)
  const isEdge = (path: string) =>
    !PURE_AMONG_EDGES[name]?.includes(path) && (EDGES[name]?.test(path) ?? false)

  test('imports only the packages it may', () => {
    const foreign = modules.flatMap(({ path, imports }) =>
      imports
        .filter((target) => WORKSPACE.test(target) && !ARROWS[name]?.includes(target))
        .map((target) => `${path} -> ${target}`),
    )
    const outside = modules.flatMap(({ path, imports }) =>
      imports
        .filter((target) => target.startsWith('..') && target !== '../package.json')
        .map((target) => `${path} -> ${target}`),
    )
    expect([...foreign, ...outside]).toEqual([])
  })

  test('keeps its pure modules free of edges and of the world', () => {
    const pure = modules.filter(({ path }) => !isEdge(path))
    const broken = pure.flatMap(({ path, imports, text }) => [
      ...imports
        .filter((target) => target.startsWith('node:') || isEdge(target))
        .map((target) => `${path} -> ${target}`),
      ...(TOUCHES_THE_WORLD.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))
        ? [`${path} touches the world`]
        : []),
    ])
    expect(broken).toEqual([])
    expect(modules.length).toBeGreaterThan(0)
  })

  test('has entries that nothing imports', () => {
    const known = modules.flatMap(({ path, imports }) =>
      imports.filter((target) => ENTRY.test(target)).map((target) => `${path} -> ${target}`),
    )
    expect(known).toEqual([])
  })
})
