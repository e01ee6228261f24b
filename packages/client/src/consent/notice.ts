import { FIELDS, noticeTerms } from '@voicemode-telemetry/protocol'

/** What never leaves the machine, said in every notice. */
const NEVER = [
  'what you say or hear, text or sound',
  'file names, paths, project names',
  'your name, account, address or location',
  'error messages, only their kind',
]

/** The notice that a yes answers: what is sent, what never is, for how long, and how to undo it. */
export function renderNotice(): string {
  return [
    'VoiceMode can send its makers one small summary a day of how it was used.',
    '',
    'What it holds:',
    ...FIELDS.map((field) => `  - ${field.label}: ${field.purpose}`),
    '',
    'What never leaves this machine:',
    ...NEVER.map((line) => `  - ${line}`),
    '',
    'The server deletes each summary 90 days after its day. There is no account and no tracking across services.',
    'See every byte before it leaves: voicemode-telemetry preview',
    'Take it back at any time:       voicemode-telemetry disable',
  ].join('\n')
}

/** What a receipt keeps of the notice: its hash, and what it listed. */
export async function noticeRecord(): Promise<{ notice_hash: string; fields: string[] }> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(renderNotice()))
  return { notice_hash: Buffer.from(digest).toString('hex'), fields: noticeTerms() }
}
