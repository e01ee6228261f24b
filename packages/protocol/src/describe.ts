import type { FieldAbout } from './event.ts'
import fields from './fields.json' with { type: 'json' }

/** A field of the contract, as it is shown to people. */
export interface FieldDescription extends FieldAbout {
  /** Its path in the event, as `usage.total_sessions`. */
  path: string
  /** The words it may contain, in order. Empty if its values are not words. */
  words: readonly string[]
  /** Whether it is a map from words to counts. */
  isMap: boolean
}

/**
 * Every field of the contract, in the order in which an event contains them. It is derived from `eventSchema` beforehand, so that a program
 * which only has to list fields need not load the schema.
 */
export const FIELDS: readonly FieldDescription[] = fields

/** The description of a field. @throws RangeError if no field has this path. */
export function fieldAt(path: string): FieldDescription {
  const found = FIELDS.find((field) => field.path === path)
  if (!found) throw new RangeError(`no such field in the contract: ${path}`)
  return found
}

/**
 * What a notice lists: the path of each field, and `path=word` for each word it may contain. A later notice is wider if it lists a
 * term that an earlier one did not.
 */
export function noticeTerms(fields: readonly FieldDescription[] = FIELDS): string[] {
  return fields.flatMap((field) => [field.path, ...field.words.map((word) => `${field.path}=${word}`)])
}

/** The fields as a Markdown table, for the privacy policy. */
export function policyTable(fields: readonly FieldDescription[] = FIELDS): string {
  const rows = fields.map((field) => {
    const values =
      field.words.length > 0
        ? field.words.map((word) => `\`${word}\``).join(' ')
        : (field.values ?? 'a whole number')
    return `| \`${field.path}\` | ${field.label} | ${field.purpose} | ${field.isMap ? 'counts of ' : ''}${values} | ${field.keptDays} days |`
  })
  return ['| Field | Name | Why | Values | Kept |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')
}
