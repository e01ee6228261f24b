/**
 * A value from elsewhere as it may be shown: no text with control characters or longer than so many characters, no list with
 * more than so many items.
 */
export function printable<Value>(value: Value, max: { characters: number; items: number }): Value {
  const fit = (part: unknown): unknown => {
    if (typeof part === 'string') return part.replace(/\p{C}/gu, '').slice(0, max.characters)
    if (Array.isArray(part)) return part.slice(0, max.items).map(fit)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, child]) => [key, fit(child)]))
  }
  return fit(value) as Value
}
