import type { Anonymity } from './anonymity.ts'
import type { Linkage } from './linkage.ts'
import type { DayMeasure } from './measure.ts'

/** The page that tells how well events hide who sent them, in Markdown. */
export function auditPage(days: readonly DayMeasure[], linkages: readonly Linkage[]): string {
  return `# Could an event be traced back to a person?

An event holds no name, address, text or path. But a row of small facts can still be so rare that it fits one installation
only. This page measures how often. \`npm run audit:privacy\` writes it: it plays ${days.map(({ size }) => size.toLocaleString('en')).join(', ')} made-up
installations, and looks at the events of one working day. The people are made up, so the numbers show what the contract
allows, and not what real people are.

**In short:** what one event says fits, most of the time, one installation only, as soon as its counts are looked at. Its days
belong together under one random id. So the raw events are *pseudonymous*, not anonymous: they stay on one server, for 90 days,
for its maintainers alone, and they are deleted on demand. What is published (\`/report\`) is made of counts without ids, with
noise.

## How many share what an event says

"Unique" installations share it with nobody that day; "under 5" stand in groups of fewer than 5, the unique ones among them.

| Installations | used that day | shown | entropy, bits | unique | under 5 | under 20 |
| ---: | ---: | --- | ---: | ---: | ---: | ---: |
${days.flatMap((day) => (['environment', 'usage', 'both'] as const).map((shown) => rowOf(day, shown))).join('\n')}

## What each field tells

Shannon's entropy in bits: a field of 1 bit halves the crowd, one of 2 bits quarters it.

| Field | ${days.map(({ size }) => `${size.toLocaleString('en')} installations`).join(' | ')} |
| --- | ${days.map(() => '---:').join(' | ')} |
${[...(days[0]?.fields.keys() ?? [])].map((path) => `| \`${path}\` | ${days.map(({ fields }) => (fields.get(path)?.bits ?? 0).toFixed(2)).join(' | ')} |`).join('\n')}

\`npm test\` fails when a change of the contract lets the environment tell half a bit more.

## Whether a new id hides who had the old one

\`reset-id\` draws a new random id. Somebody who holds all events of the week before and the week after tries to find the
new id of each old one: among those with the same environment, the one with the nearest habits.

| Installations used in both weeks | by pure chance | by environment alone | by environment and habits |
| ---: | ---: | ---: | ---: |
${linkages.map(linkageRow).join('\n')}

So a new id is a new name, not a new face: whoever wants no link also has the server delete the old data (\`forget\`).
`
}

function rowOf(day: DayMeasure, shown: 'environment' | 'usage' | 'both'): string {
  const { bits, unique, under5, under20 } = day[shown] satisfies Anonymity
  const share = (count: number) => percent(count / day.reporting)
  return `| ${day.size.toLocaleString('en')} | ${day.reporting.toLocaleString('en')} | ${shown} | ${bits.toFixed(2)} | ${share(unique)} | ${share(under5)} | ${share(under20)} |`
}

function linkageRow({ installations, environments, linked }: Linkage): string {
  return `| ${installations.toLocaleString('en')} | ${percent(1 / installations)} | ${percent(environments / installations)} | ${percent(linked / installations)} |`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.01 ? 2 : 0)} %`
}
