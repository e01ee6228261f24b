import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const RUNS = 15

/** A program of Node's, by its arguments. */
type Program = readonly string[]

/**
 * What the client costs at its start, measured on the package as it is published: built, packed and installed into a folder of its own.
 * Programs that are compared run by turns, and the median counts.
 */
export function benchStartup(scratch: string): void {
  const installed = install(scratch)
  const home = join(scratch, 'home')
  mkdirSync(home)
  const write = (name: string, text: string): Program => {
    writeFileSync(join(scratch, name), text)
    return [join(scratch, name)]
  }
  const tellRss = `console.log(process.resourceUsage().maxRSS)\n`
  const load = `import * as telemetry from 'voicemode-telemetry'\n`
  const empty = write('empty.mjs', 'export {}\n')
  const imported = write('imported.mjs', load)
  const decided = write('decided.mjs', `${load}telemetry.maybeSendInBackground(telemetry.createHost())\n`)

  const status: Program = [join(installed, 'start.js'), 'status']
  const starts = timesOf(home, [['-e', '0'], status])
  print(
    'status against `node -e 0`',
    spreadOf(starts, (own, other) => own / other),
    '×',
    '≤ 1.4 ×',
  )
  const imports = timesOf(home, [empty, imported])
  print(
    'import above an empty module',
    spreadOf(imports, (own, other) => own - other),
    'ms',
    '≤ 8 ms',
  )
  const decisions = timesOf(home, [empty, decided])
  print(
    'import, and off decided',
    spreadOf(decisions, (own, other) => own - other),
    'ms',
    '≤ 12 ms',
  )
  const sizes = measure(
    [write('emptyRss.mjs', tellRss), write('importedRss.mjs', load + tellRss)],
    (program) => Number(run(home, program)),
  )
  print(
    'import, memory',
    spreadOf(sizes, (own, other) => (own - other) / 1024),
    'MB',
    '≤ 3 MB',
  )
  const bytes = globSync('**/*', { cwd: installed })
    .map((path) => statSync(join(installed, path)))
    .reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0)
  const beside = readdirSync(dirname(installed)).filter((name) => !name.startsWith('.')).length - 1
  console.log(`installed: ${Math.round(bytes / 1000)} KB (≤ 600 KB), ${beside} packages beside it (≤ 3)`)
}

/** Builds, packs and installs the client. @returns its folder. */
function install(scratch: string): string {
  const npm = (args: string[], cwd: string) => execFileSync('npm', args, { cwd, encoding: 'utf8' })
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' })
  const packed = npm(
    ['pack', '--silent', '--pack-destination', scratch],
    join(root, 'packages/client/dist'),
  ).trim()
  writeFileSync(join(scratch, 'package.json'), '{"private":true}')
  npm(['install', '--silent', '--no-audit', '--no-fund', join(scratch, packed)], scratch)
  return join(scratch, 'node_modules/voicemode-telemetry')
}

/** How long two programs take, in milliseconds, run by run. */
function timesOf(home: string, programs: readonly [Program, Program]): [number, number][] {
  return measure(programs, (program) => {
    const before = performance.now()
    run(home, program)
    return performance.now() - before
  })
}

function measure([other, own]: readonly [Program, Program], cost: (program: Program) => number) {
  for (const program of [other, own]) cost(program)
  return Array.from({ length: RUNS }, (): [number, number] => [cost(other), cost(own)])
}

function run(home: string, program: Program): string {
  const env = { HOME: home, USERPROFILE: home, PATH: process.env.PATH }
  const { status, stdout } = spawnSync(process.execPath, program, { cwd: home, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program.join(' ')} ended with ${status}`)
  return stdout
}

/** What the medians of the two give, and the quarter and three quarters of the runs. */
function spreadOf(runs: [number, number][], compare: (own: number, other: number) => number) {
  const at = (values: number[], share: number) =>
    values.toSorted((a, b) => a - b)[Math.floor(share * values.length)] ?? Number.NaN
  const each = runs.map(([other, own]) => compare(own, other))
  const [others, owns] = [runs.map(([other]) => other), runs.map(([, own]) => own)]
  return { median: compare(at(owns, 0.5), at(others, 0.5)), from: at(each, 0.25), to: at(each, 0.75) }
}

function print(what: string, { median, from, to }: ReturnType<typeof spreadOf>, unit: string, limit: string) {
  console.log(
    `${what}: ${median.toFixed(2)} ${unit} (${limit}; half of ${RUNS} runs: ${from.toFixed(2)} to ${to.toFixed(2)})`,
  )
}
