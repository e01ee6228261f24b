import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { compareWithClient } from '../scenes/compare.ts'
import { MUTATIONS, type Mutation } from './list.ts'

const HELP = `Takes one rule of counting after the other from the client, and tells whether scenes notice.

  npm run mutations                    as many scenes as npm test plays
  npm run mutations -- --scenes 1000   at most as many for each rule
  npm run mutations -- --rule survey   only rules that hold this word
`
const CLIENT = fileURLToPath(new URL('../../packages/client/', import.meta.url))
/** Beside the client, so that it finds its packages. */
const COPIES = fileURLToPath(new URL('../../.mutations/', import.meta.url))

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenes: { type: 'string', default: '150' },
      rule: { type: 'string', default: '' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  rmSync(COPIES, { recursive: true, force: true })
  try {
    for (const [n, mutation] of MUTATIONS.entries()) {
      if (!mutation.rule.includes(values.rule)) continue
      const verdict = await judge(mutation, join(COPIES, String(n)), Number(values.scenes))
      process.stdout.write(`${verdict.padEnd(28)} ${mutation.rule}\n`)
      if (!verdict.startsWith('noticed')) process.exitCode = 1
    }
  } finally {
    rmSync(COPIES, { recursive: true, force: true })
  }
}

async function judge({ file, from, to }: Mutation, copy: string, scenes: number): Promise<string> {
  const path = join(copy, 'src/logs', file)
  mkdirSync(copy, { recursive: true })
  for (const part of ['src', 'package.json'])
    cpSync(join(CLIENT, part), join(copy, part), { recursive: true })
  const source = readFileSync(path, 'utf8')
  if (source.split(from).length !== 2) return 'NOT IN THE CODE AS WRITTEN'
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
  const client = await import(pathToFileURL(join(copy, 'src/index.ts')).href)
  for (let seed = 1; seed <= scenes; seed++) {
    const { differences } = await compareWithClient(seed, client)
    if (differences.length > 0) return `noticed by scenes ${seed}`
  }
  return 'NOT NOTICED'
}

await main()
