import type { Day } from './day.ts'

/** A version of the consent notice; a field's `sinceNotice` names the one that first listed it. */
interface Notice {
  version: number
  /** The day from which a yes answered this one. */
  date: Day
  /** What is different from the one before, in one sentence. */
  change: string
}

/**
 * Every version of the notice, newest first. Whatever is sent or promised differently, a new field or word, a purpose or a
 * retention, is a new version, and its date that of the policy.
 */
export const NOTICES: readonly [Notice, ...Notice[]] = [
  { version: 1, date: '2026-11-24', change: 'The first notice.' },
]

/** The notices as a Markdown table, for the privacy policy. */
export function noticeTable(): string {
  const rows = NOTICES.map(({ version, date, change }) => `| ${version} | ${date} | ${change} |`)
  return ['| Notice | Since | What changed |', '| --- | --- | --- |', ...rows].join('\n')
}
