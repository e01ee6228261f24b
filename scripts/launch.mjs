// The way into the project, run by whatever Node the machine has (20 or later): installs what the lockfile asks for
// and is missing, then runs a task on the project's own Node, which came with the install.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const binaries = join(root, 'node_modules', '.bin')

const TASKS = {
  start: [['node', 'scripts/demo/main.ts']],
  test: [['vitest', 'run']],
  check: [
    ['biome', 'check', '.'],
    ['tsc', '--project', '.'],
    ['tsc', '--project', 'packages/dashboard'],
    ['node', 'scripts/derive.ts', '--check'],
    ['knip'],
  ],
  bench: [['node', 'scripts/bench.ts']],
  losses: [['node', 'scripts/databaseLosses.ts']],
  kills: [['node', 'scripts/kills.ts']],
  fuzz: [['node', 'scripts/fuzz/main.ts']],
  scenes: [['node', 'scripts/checkScenes.ts']],
  simulate: [['node', 'scripts/simulate/main.ts']],
  mutations: [['node', 'scripts/mutations/main.ts']],
  'audit:privacy': [['node', 'scripts/audit/main.ts']],
  derive: [['node', 'scripts/derive.ts']],
  build: [['node', 'scripts/build.ts']],
  packages: [['node', 'scripts/packages/main.ts']],
  release: [['node', 'scripts/release.ts']],
  docs: [['node', 'scripts/buildDocs.ts']],
  pictures: [['node', 'scripts/pictures.ts']],
  tools: [['node', 'scripts/tools.ts']],
}

const [task, ...rest] = process.argv.slice(2)
const steps = TASKS[task]
if (!steps) fail(`There is no task of that name. The tasks: ${Object.keys(TASKS).join(', ')}.`)

const [major] = process.versions.node.split('.').map(Number)
if (major < 20) fail(`This needs Node 20 or later to begin with; this is Node ${process.versions.node}.`)

if (!isInstalled()) {
  console.error('Installing what package-lock.json asks for (npm ci) …')
  run('npm', ['ci', '--no-audit', '--no-fund'])
}
for (const [command, ...args] of steps) {
  run(command, steps.length === 1 ? [...args, ...rest] : args)
}

/** npm leaves a copy of the lockfile's packages in node_modules; it differs once the lockfile has moved on. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const has = JSON.parse(readFileSync(installed, 'utf8')).packages
  const wants = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(wants).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/') || wanted.link) return true
    return wanted.optional ? has[path] === undefined || same(has[path], wanted) : same(has[path], wanted)
  })
}

function same(has, wanted) {
  return has?.version === wanted.version && has?.integrity === wanted.integrity
}

function run(command, args) {
  const env = { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH}` }
  const shell = process.platform === 'win32'
  const { status, error, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env, shell })
  if (error) fail(`Could not run ${command}: ${error.message}`)
  if (status !== 0) process.exit(signal === 'SIGINT' ? 130 : (status ?? 1))
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
