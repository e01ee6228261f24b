import { countsOf, type Proof } from '../show/proof.ts'

const HEADINGS = ['Sockets', 'Lookups', 'Processes']

const VERDICTS: Record<Proof['outcome'], string> = {
  'nothing seen': 'Nothing was opened, except by the control.',
  'something seen': 'Something was opened without your yes. That is a bug: please report this table.',
  blind: 'This proves nothing: a count is missing, or the control was not seen to open one of each.',
  'telemetry is on':
    'Telemetry is on, so there is nothing to prove: sending is what you agreed to. To say no: voicemode-telemetry disable',
}

/** A table of what ran and what it opened, and what follows from it. */
export function describeProof({ outcome, control, runs }: Proof): string {
  const watched = control ? [control, ...runs] : []
  const rows = watched.map(({ ran, seen }) => [ran, ...(seen ? countsOf(seen).map(String) : ['?', '?', '?'])])
  if (rows.length === 0) return VERDICTS[outcome]
  const nameColumns = Math.max(...rows.map(([ran = '']) => ran.length))
  const lines = [['What ran', ...HEADINGS], ...rows].map(([ran = '', ...counts]) => {
    const cells = counts.map((count, n) => count.padStart(HEADINGS[n]?.length ?? 0))
    return [ran.padEnd(nameColumns), ...cells].join('  ')
  })
  return `${lines.join('\n')}\n\n${VERDICTS[outcome]}`
}
