import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { readOptions } from '../options.ts'
import { compareWithClient } from '../scenes/compare.ts'
import { MUTATIONS, type Mutation } from './list.ts'

const HELP = `Takes one rule after the other from the client, and tells whether scenes or simulated runs notice.

  npm run mutations                     as many scenes as npm test plays, and at most 2,000 runs
  npm run mutations -- --scenes 1000    at most as many for each rule of counting
  npm run mutations -- --runs 200       at most as many for each rule of consent, sending and storing
  npm run mutations -- --rule survey    only rules that hold this word
  npm run mutations -- --by simulation  only rules that runs must notice
`
const CLIENT = fileURLToPath(new URL('../../packages/client/', import.meta.url))
const SIMULATE = fileURLToPath(new URL('../simulate/main.ts', import.meta.url))
/** Beside the client, so that it finds its packages. */
const COPIES = fileURLToPath(new URL('../../.mutations/', import.meta.url))

async function main(): Promise<void> {
  const wanted = readOptions(HELP, { scenes: 150, runs: 2_000, by: '', rule: '' })
  const mutations = MUTATIONS.filter(({ rule, by }) => rule.includes(wanted.rule) && by.startsWith(wanted.by))
  if (mutations.length === 0) throw new RangeError('No rule holds this word.')
  rmSync(COPIES, { recursive: true, force: true })
  try {
    for (const [n, mutation] of mutations.entries()) {
      const copy = join(COPIES, String(n))
      const { by } = mutation
      const verdict = !copyWithout(mutation, copy)
        ? 'NOT IN THE CODE AS WRITTEN'
        : by === 'scenes'
          ? await judgeByScenes(copy, wanted.scenes)
          : judgeByRuns(copy, wanted.runs)
      process.stdout.write(`${verdict.padEnd(28)} ${mutation.rule}\n`)
      if (!verdict.startsWith('noticed')) process.exitCode = 1
    }
  } finally {
    rmSync(COPIES, { recursive: true, force: true })
  }
}

/** @returns false if the rule is not in the code as it is listed. */
function copyWithout({ file, from, to }: Mutation, copy: string): boolean {
  const path = join(copy, 'src', file)
  mkdirSync(copy, { recursive: true })
  for (const part of ['src', 'package.json'])
    cpSync(join(CLIENT, part), join(copy, part), { recursive: true })
  const source = readFileSync(path, 'utf8')
  if (source.split(from).length !== 2) return false
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
  return true
}

async function judgeByScenes(copy: string, scenes: number): Promise<string> {
  const client = await import(pathToFileURL(join(copy, 'src/index.ts')).href)
  for (let seed = 1; seed <= scenes; seed++) {
    const { differences } = await compareWithClient(seed, client)
    if (differences.length > 0) return `noticed by scenes ${seed}`
  }
  return 'NOT NOTICED'
}

/** In a process of its own, whose disk and clock the simulation takes over. */
function judgeByRuns(copy: string, runs: number): string {
  const args = [SIMULATE, '--client', copy, '--seed', '1', '--runs', String(runs)]
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const [, seed] = /^WRONG with seed (\d+)/m.exec(stdout) ?? []
  if (seed !== undefined) return `noticed by run ${seed}`
  return status === 0 ? 'NOT NOTICED' : 'THE RUNS FAILED'
}

await main()
