import type { Day } from './day.ts'

/** A version of the consent notice. A field's `sinceNotice` is the first version that lists it. */
interface Notice {
  version: number
  /** The day from which people were shown this version. */
  date: Day
  /** What changed since the version before, in one sentence. */
  change: string
}

/**
 * Every version of the notice, newest first. Any change of what is sent or promised needs a new version: a new field or word,
 * another purpose, another retention. The policy has the date of the newest version.
 */
export const NOTICES: readonly [Notice, ...Notice[]] = [
  { version: 1, date: '2026-11-24', change: 'The first notice.' },
]

/** The notices as a Markdown table, for the privacy policy. */
export function noticeTable(): string {
  const rows = NOTICES.map(({ version, date, change }) => `| ${version} | ${date} | ${change} |`)
  return ['| Notice | Since | What changed |', '| --- | --- | --- |', ...rows].join('\n')
}
