type Snake<Name> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : Name

type SnakeCased<Value> = Value extends readonly (infer Item)[]
  ? SnakeCased<Item>[]
  : Value extends object
    ? { [Key in keyof Value as Snake<Key>]: SnakeCased<Value[Key]> }
    : Value

/** The same value with keys in the one style of `--json`: `event_id` for `eventId`. Not for events, which have their own keys. */
export function snakeCased<Value>(value: Value): SnakeCased<Value> {
  if (Array.isArray(value)) return value.map(snakeCased) as SnakeCased<Value>
  if (typeof value !== 'object' || value === null) return value as SnakeCased<Value>
  const entries = Object.entries(value).map(([key, each]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    snakeCased(each),
  ])
  return Object.fromEntries(entries)
}
