import { FIELDS, fieldAt, noticeTerms } from '@voicemode-telemetry/protocol'

/** What never leaves the machine, said in every notice. */
const NEVER = [
  'what you say or hear, as text or sound',
  'names of files, folders and projects',
  'your name, account, address or location',
  'the text of an error; only its kind, of a short list',
]

const KEPT_DAYS = Math.max(...FIELDS.map((field) => field.keptDays))

/** The notice that a yes answers: what is sent, what never is, for how long, and how to undo it. */
export function renderNotice(): string {
  return [
    'VoiceMode can send its makers one small summary a day: how it was used, in counts, never what was said.',
    '',
    'What it holds, for each UTC day:',
    ...FIELDS.map((field) => `  - ${field.label}. ${field.purpose}`),
    '',
    'What never leaves this machine:',
    ...NEVER.map((line) => `  - ${line}`),
    '',
    `The server deletes each summary ${KEPT_DAYS} days after its day; only counts without ids stay.`,
    'You can take a yes back at any time: voicemode-telemetry disable',
  ].join('\n')
}

/** The notice with every word that a summary can hold. A yes answers this whole text, and its receipt keeps its hash. */
export function renderFullNotice(): string {
  const values = FIELDS.map((field) => {
    const words = field.words.length > 0 ? field.words.join(', ') : (field.values ?? 'a whole number')
    return `  - ${field.label} (${field.path}): ${field.isMap ? 'how many of each of ' : ''}${words.replaceAll('`', '')}`
  })
  return [renderNotice(), '', 'All it can say, word for word:', ...values].join('\n')
}

/** What a wider notice added to the one that was answered, for a person; one line an addition. */
export function describeAdded(terms: readonly string[]): string[] {
  return terms.map((term) => {
    const [path = '', word] = term.split('=')
    const { label, purpose } = fieldAt(path)
    return word === undefined ? `${label}. ${purpose}` : `${label}: the word "${word}"`
  })
}

/** What a receipt keeps of the notice: its hash, and what it listed. */
export async function noticeRecord(): Promise<{ notice_hash: string; fields: string[] }> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(renderFullNotice()))
  const notice_hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
  return { notice_hash, fields: noticeTerms() }
}
