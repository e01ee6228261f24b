import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PEAK_KB } from './peak.ts'
import { pairsOf, type Row } from './statistics.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const RUNS = 15

/** A program of Node's, by its arguments. */
type Program = readonly string[]

/** As long as the package's name, for Node reads a path character by character. */
const EMPTY_PACKAGE = 'voicemode-emptiness'
const TELL_PEAK = `console.log(${PEAK_KB})\n`

/**
 * What the client costs at its start, measured on the package as it is published: built, packed and installed into a folder of its own.
 * Programs that are compared run by turns, and the median counts.
 */
export async function benchStartup(scratch: string): Promise<Row[]> {
  const installed = install(scratch)
  const bytes = globSync('**/*', { cwd: installed })
    .map((path) => statSync(join(installed, path)))
    .reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0)
  const beside = readdirSync(dirname(installed)).filter((name) => !name.startsWith('.')).length - 1
  const home = join(scratch, 'home')
  mkdirSync(home)
  const write = (name: string, text: string): Program => {
    writeFileSync(join(scratch, name), text)
    return [join(scratch, name)]
  }
  const load = `import * as telemetry from 'voicemode-telemetry'\n`
  const loadNothing = `import * as nothing from '${EMPTY_PACKAGE}'\n`
  writeEmptyPackage(join(dirname(installed), EMPTY_PACKAGE))
  const empty = write('empty.mjs', 'export {}\n')
  const imported = write('imported.mjs', load)
  const nothing = write('nothing.mjs', loadNothing)
  const decided = write('decided.mjs', `${load}telemetry.maybeSendInBackground(telemetry.createHost())\n`)
  const status: Program = [join(installed, 'start.js'), 'status']

  const timeOf = (program: Program) => () => {
    const begunAt = performance.now()
    run(home, program)
    return performance.now() - begunAt
  }
  const memoryOf = (program: Program) => () => Number(run(home, program)) / 1024
  const starts = await pairsOf(RUNS, timeOf(status), timeOf(['-e', '0']))
  const imports = await pairsOf(RUNS, timeOf(imported), timeOf(empty))
  const decisions = await pairsOf(RUNS, timeOf(decided), timeOf(empty))
  const floor = await pairsOf(RUNS, timeOf(nothing), timeOf(empty))
  const emptySize = memoryOf(write('emptySize.mjs', TELL_PEAK))
  const sizes = await pairsOf(RUNS, memoryOf(write('importedSize.mjs', load + TELL_PEAK)), emptySize)
  const floorSizes = await pairsOf(
    RUNS,
    memoryOf(write('nothingSize.mjs', loadNothing + TELL_PEAK)),
    emptySize,
  )
  const above = (pairs: [number, number][]) => pairs.map(([own, other]) => own - other)
  return [
    {
      what: 'status',
      against: '`node -e 0`',
      numbers: starts.map(([own, other]) => own / other),
      target: '≤ 1.4',
    },
    { what: 'import', against: 'ms above an empty module', numbers: above(imports), target: '≤ 8' },
    {
      what: 'import, and off decided',
      against: 'ms above an empty module',
      numbers: above(decisions),
      target: '≤ 12',
    },
    {
      what: 'import of an empty package',
      against: 'ms above an empty module',
      numbers: above(floor),
    },
    { what: 'import, memory', against: 'MB above an empty module', numbers: above(sizes), target: '≤ 3' },
    {
      what: 'import of an empty package, memory',
      against: 'MB above an empty module',
      numbers: above(floorSizes),
    },
    { what: 'installed', against: 'KB', numbers: [bytes / 1000], target: '≤ 600' },
    { what: 'packages installed beside it', against: 'packages', numbers: [beside], target: '≤ 3' },
  ]
}

function writeEmptyPackage(folder: string): void {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{"type":"module","exports":{".":"./index.js"}}')
  writeFileSync(join(folder, 'index.js'), 'export {}\n')
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

function run(home: string, program: Program): string {
  const env = { HOME: home, USERPROFILE: home, PATH: process.env.PATH }
  const { status, stdout } = spawnSync(process.execPath, program, { cwd: home, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program.join(' ')} ended with ${status}`)
  return stdout
}
