/** A float that Python writes with `.0`. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** JSON as Python's `json.dumps` writes it: blanks after `,` and `:`, everything but ASCII escaped, `NaN` and `Infinity` bare. */
export function dumps(value: unknown): string {
  if (value instanceof Float) return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return escaped(JSON.stringify(value))
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${entries.map(([key, member]) => `${escaped(JSON.stringify(key))}: ${dumps(member)}`).join(', ')}}`
}

function escaped(text: string): string {
  return text.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
