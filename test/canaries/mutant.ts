import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { linkInstalled } from '../installedPackages.ts'
import { root } from '../pages.ts'

const COPIED = ['protocol', 'command-line', 'client', 'server']

interface Change {
  /** Below `packages`. */
  file: string
  from: string
  to: string
}

/** A field of free text, from the log line to the store, and a server that logs who asks. */
const CHANGES: readonly Change[] = [
  {
    file: 'protocol/src/event.ts',
    from: 'const usageSchema = objectOf(\n  {\n',
    to: "const usageSchema = objectOf(\n  {\n    note: field(v.string('a text'), { label: 'Note', purpose: 'Shows what is said.' }),\n",
  },
  {
    file: 'client/src/logs/exchange.ts',
    from: 'if (end === REFUSED || !isEmpty(scanner.get(ERROR)))',
    to: 'if (end !== undefined)',
  },
  {
    file: 'client/src/logs/exchange.ts',
    from: 'return exchangeOf(parseTimestamp(timestamp), id, type, asObject(metadata))',
    to: 'const read = exchangeOf(parseTimestamp(timestamp), id, type, asObject(metadata))\n  return read && { ...read, text: json.text }',
  },
  {
    file: 'client/src/logs/day.ts',
    from: '    version: newestVersion(exchanges),',
    to: "    version: newestVersion(exchanges),\n    note: [...new Set(exchanges.map(({ text }) => text))].join(' '),",
  },
  {
    file: 'client/src/logs/fields.ts',
    from: '  total_sessions: ({ sessions })',
    to: '  note: ({ note }) => note,\n  total_sessions: ({ sessions })',
  },
  {
    file: 'server/src/ingest/addEvents.ts',
    from: '  return async (request, ipAddress) => {\n',
    to: "  return async (request, ipAddress) => {\n    console.error(request.header('user-agent'))\n",
  },
]

/** A copy of the sources in which something gets out; it is gone after `using` ends. */
export class Mutant implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), 'mutant-'))
  readonly packages = join(this.#root, 'packages')

  private constructor() {
    for (const name of COPIED) {
      for (const part of ['src', 'package.json'])
        cpSync(join(root, 'packages', name, part), join(this.packages, name, part), { recursive: true })
    }
    symlinkSync(join(root, 'packages/dashboard'), join(this.packages, 'dashboard'))
    linkInstalled(this.#root, ['protocol', 'command-line', 'dashboard'])
    for (const { file, from, to } of CHANGES) {
      const path = join(this.packages, file)
      const source = readFileSync(path, 'utf8')
      if (source.split(from).length !== 2) throw new Error(`${file} is not as the mutation expects it`)
      writeFileSync(
        path,
        source.replace(from, () => to),
      )
    }
  }

  static async make(): Promise<Mutant> {
    const mutant = new Mutant()
    const protocol = join(mutant.packages, 'protocol/src')
    const { describeFields } = await import(pathToFileURL(join(protocol, 'describeFields.ts')).href)
    writeFileSync(join(protocol, 'fields.json'), JSON.stringify(describeFields()))
    return mutant
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true })
  }
}
