import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeFields } from '../packages/protocol/src/describeFields.ts'
import { NOTICES, noticeTable, policyTable } from '../packages/protocol/src/index.ts'
import { FAILURES } from '../packages/server/src/failure.ts'
import { CREATE_MIGRATIONS } from '../packages/server/src/store/migrate.ts'
import { MIGRATIONS } from '../packages/server/src/store/migrations.ts'
import { composeHttpReference } from './httpReference.ts'
import { composeEventSchema, composeOpenApi } from './openApi.ts'
import { composePlainTypes } from './plainTypes.ts'

/**
 * Writes the pages that derive from a source: sections between `<!-- derived: NAME -->` and `<!-- /derived -->`, and whole
 * files. With `--check` it writes nothing and fails where one is stale.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const SECTIONS: { page: string; name: string; make: () => string }[] = [
  { page: 'PRIVACY.md', name: 'policyTable', make: policyTable },
  { page: 'PRIVACY.md', name: 'noticeTable', make: noticeTable },
  {
    page: 'docs/deploy/README.md',
    name: 'FAILURES',
    make: () => {
      const rows = Object.entries(FAILURES).map(([kind, meaning]) => `| \`${kind}\` | ${meaning} |`)
      return ['| Kind | What it means and what to do |', '| --- | --- |', ...rows].join('\n')
    },
  },
  {
    page: 'docs/decisions/README.md',
    name: 'decisions',
    make: () =>
      globSync('docs/decisions/[0-9]*.md', { cwd: root })
        .sort()
        .map((path) => `- [${/^# (.*)$/m.exec(read(path))?.[1]}](${basename(path)})`)
        .join('\n'),
  },
  exampleIn('README.md', 'preview.ts', 'ts'),
  exampleIn('docs/integrate.md', 'voicemode_telemetry.py', 'python'),
]

/** The migrations as wrangler applies them to D1, which has a table of its own for what it applied. */
const D1_MIGRATIONS = MIGRATIONS.map(({ id, name, statements, only }) => {
  const slug = name.replace(/\W+/g, '_')
  const steps = [
    ...(id === 1 ? [CREATE_MIGRATIONS] : []),
    ...(!only || only.includes('d1') ? statements : []),
    `INSERT INTO migrations (id, name) VALUES (${id}, '${name}')`,
  ]
  return {
    path: `packages/server/migrations/${String(id).padStart(4, '0')}_${slug}.sql`,
    make: () => steps.map((step) => `${step.replace(/\n +/g, '\n  ')};\n`).join(''),
  }
})

const FILES: { path: string; make: () => string }[] = [
  {
    path: 'packages/protocol/src/fields.json',
    make: () => `${JSON.stringify(describeFields(), null, 2)}\n`,
  },
  { path: 'packages/protocol/src/plainTypes.ts', make: composePlainTypes },
  {
    path: 'docs/event.schema.json',
    make: () => `${JSON.stringify(composeEventSchema(), null, 2)}\n`,
  },
  {
    path: 'packages/server/src/public/openApi.json',
    make: () => `${JSON.stringify(composeOpenApi(), null, 2)}\n`,
  },
  { path: 'docs/api/http.md', make: composeHttpReference },
  ...D1_MIGRATIONS,
]

/** What each notice promises, field by field; written once and never again, since people have agreed to it. */
const NOTICE_FILES = NOTICES.map(({ version }) => ({
  path: `docs/notices/${version}.json`,
  make: () =>
    `${JSON.stringify(
      describeFields()
        .filter(({ sinceNotice }) => sinceNotice <= version)
        .map(({ path, words, keptDays }) => ({
          field: path,
          keptDays,
          words,
        })),
      null,
      2,
    )}\n`,
}))
const broken = NOTICE_FILES.filter(({ path, make }) => (current(path) ?? make()) !== make())
for (const { path } of broken) {
  console.error(
    `The contract does not say what people have agreed to in ${path}. Add a notice to packages/protocol/src/notices.ts, and its number as sinceNotice to what is new.`,
  )
}
if (broken.length > 0) process.exit(1)

const derived = new Map<string, string>([...FILES, ...NOTICE_FILES].map(({ path, make }) => [path, make()]))
for (const { page, name, make } of SECTIONS) {
  derived.set(page, withSection(derived.get(page) ?? read(page), name, make()))
}

const stale = [...derived].filter(([path, text]) => current(path) !== text)
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is stale: run npm run derive`)
  process.exitCode = stale.length > 0 ? 1 : 0
} else {
  for (const [path, text] of stale) writeFileSync(join(root, path), text)
  console.log(stale.length > 0 ? `Wrote ${stale.map(([path]) => path).join(', ')}` : 'Nothing was stale')
}

/** A whole program of `examples`, as a block of a page. */
function exampleIn(page: string, file: string, language: string) {
  const name = `examples/${file}`
  return { page, name, make: () => `\`\`\`${language}\n${read(name)}\`\`\`` }
}

function withSection(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- derived: ${name} -->`, '<!-- /derived -->']
  const from = text.indexOf(start)
  const to = text.indexOf(end, from)
  if (from === -1 || to === -1) throw new Error(`no section ${start}`)
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`
}

function current(path: string): string | undefined {
  try {
    return read(path)
  } catch {
    return undefined
  }
}
