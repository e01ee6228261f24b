/** A float that Python writes with `.0`. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** What needs no escape. */
const PLAIN = /^[ !#-[\]-~]*$/

/**
 * JSON as Python's `json.dumps` writes it: blanks after `,` and `:`, everything but ASCII escaped, `NaN` and `Infinity` bare.
 *
 * @param value its keys are plain words.
 */
export function dumps(value: unknown): string {
  if (value instanceof Float) return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value)
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return String(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members: string[] = []
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`"${key}": ${dumps(member)}`)
  }
  return `{${members.join(', ')}}`
}

function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  const hex = (unit: string) => unit.charCodeAt(0).toString(16).padStart(4, '0')
  return JSON.stringify(text).replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${hex(unit)}`)
}
