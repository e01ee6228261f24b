import { FIELDS, fieldAt, noticeTerms } from '@voicemode-telemetry/protocol'
import type { Receipt } from './consent.ts'

/** What never leaves the machine. Every notice says so. */
const NEVER = [
  'what you say or hear, whether as text or as sound',
  'names of files, folders and projects',
  'your name, account, postal or e-mail address, or location',
  'the text of an error: only its type is counted',
]

const KEPT_DAYS = Math.max(...FIELDS.map((field) => field.keptDays))

/**
 * What a person needs to know before they answer: what is sent, to whom, under what, how long it is kept, and how to stop.
 *
 * @param recipient the host name of the server that gets it; undefined if none is set.
 */
export function noticeRows(recipient: string | undefined): [point: string, text: string][] {
  return [
    ['What', 'counts of how you use VoiceMode each day, never what was said'],
    ['To whom', recipient ? `${recipient}, and whoever runs that server` : 'nobody yet: no server is set'],
    ['Under', 'a random id, which stays the same for as long as you say yes'],
    ['How long', `${KEPT_DAYS} days on the server; after that only counts without ids`],
    ['To stop', 'voicemode-telemetry disable'],
    ['Read more', 'voicemode-telemetry notice'],
  ]
}

/** The full notice, with every word that a summary can contain. A yes agrees to all of it, and the receipt keeps its hash. */
export function renderFullNotice(): string {
  const fields = FIELDS.map((field) => {
    const words = field.words.length > 0 ? field.words.join(', ') : (field.values ?? 'a whole number')
    return `  - ${field.label}: ${field.isMap ? 'counts of ' : ''}${words.replaceAll('`', '')}. ${field.purpose}`
  })
  return [
    'VoiceMode can send one small summary a day to the server that VOICEMODE_TELEMETRY_ENDPOINT names, and so to whoever runs that server. It contains counts of how you used VoiceMode, never what was said. It carries a random id, which stays the same for as long as you say yes.',
    '',
    'What the summary of a day (in UTC) contains, with every word that can be in it:',
    ...fields,
    '',
    'What never leaves this machine:',
    ...NEVER.map((line) => `  - ${line}`),
    '',
    `The server deletes each summary ${KEPT_DAYS} days after its day, and keeps only counts without ids. Like every server, it sees the IP address of each request. It uses it only to limit how many requests one IP address may make, for an hour at most, and never writes it down.`,
    'You can stop at any time: voicemode-telemetry disable',
  ].join('\n')
}

/** What a wider notice adds to the one that was answered, in words for a person, one line for each addition. */
export function describeAdded(terms: readonly string[]): string[] {
  return terms.map((term) => {
    const [path = '', word] = term.split('=')
    const { label, purpose } = fieldAt(path)
    return word === undefined ? `${label}. ${purpose}` : `${label}: the word "${word}"`
  })
}

/** What a receipt keeps of the notice: its hash, and what it lists. */
export type NoticeRecord = Pick<Receipt, 'notice_hash' | 'fields'>

/** The {@link NoticeRecord} of the present notice. */
export async function noticeRecord(): Promise<NoticeRecord> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(renderFullNotice()))
  const notice_hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
  return { notice_hash, fields: noticeTerms() }
}
