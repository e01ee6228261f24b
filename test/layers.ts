import { isBuiltin } from 'node:module'
import { dirname, join, normalize } from 'node:path'

/** A source file, by its path inside a package's `src`. */
export interface Module {
  path: string
  text: string
  /** Paths inside `src`, or the names of packages. */
  imports: string[]
}

/**
 * A package's rooms from left to right: names of folders, or of files that lie in none. A list is of rooms side by side, none
 * of which may import another.
 */
export type Row = readonly (string | readonly string[])[]

/** Reads which modules a source file imports; types and `import()` count. */
export function readModule(path: string, text: string): Module {
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) =>
    target.startsWith('.') ? normalize(join(dirname(path), target)) : target,
  )
  return { path, text, imports }
}

/** Imports that do not lead further left in the row, and modules that lie in no room of it. */
export function againstTheRow(modules: readonly Module[], row: Row): string[] {
  const places = new Map(row.flatMap((rooms, place) => [rooms].flat().map((room) => [room, place])))
  const roomOf = (path: string) => path.split('/')[0] ?? ''
  return modules.flatMap(({ path, imports }) => {
    const place = places.get(roomOf(path))
    if (place === undefined) return [`${path} is in no room`]
    return imports
      .filter((target) => roomOf(target) !== roomOf(path) && (places.get(roomOf(target)) ?? -1) >= place)
      .map((target) => `${path} -> ${target}`)
  })
}

/** Circles of modules that import each other, each told once. */
export function circles(modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const found: string[] = []
  const done = new Set<string>()
  const walk = (path: string, way: readonly string[]) => {
    const start = way.indexOf(path)
    if (start !== -1) found.push([...way.slice(start), path].join(' -> '))
    if (start !== -1 || done.has(path)) return
    for (const target of byPath.get(path)?.imports ?? []) walk(target, [...way, path])
    done.add(path)
  }
  for (const { path } of modules) walk(path, [])
  return found
}

/** What a pure module may not name: the process, the clock, timers, randomness, the network, the browser's page. */
const WORLD: [what: string, RegExp][] = [
  ['the process', /\bprocess\./],
  ['the clock', /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/],
  ['a timer', /\bset(Timeout|Interval|Immediate)\b/],
  ['randomness', /\bMath\.random\b|\b(randomUUID|getRandomValues)\b|\bcrypto\.randomBytes\b/],
  ['the network', /[^.\w]fetch\(/],
  ['the page', /\bdocument\.|\blocation\./],
]

/** Where pure modules touch the world, or import a module that does. @param isEdge whether a module may. */
export function impurities(modules: readonly Module[], isEdge: (path: string) => boolean): string[] {
  const pure = modules.filter(({ path }) => !isEdge(path))
  return pure.flatMap(({ path, imports, text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    return [
      ...imports
        .filter((target) => isBuiltin(target) || isEdge(target))
        .map((target) => `${path} -> ${target}`),
      ...WORLD.filter(([, pattern]) => pattern.test(code)).map(([what]) => `${path} touches ${what}`),
    ]
  })
}
