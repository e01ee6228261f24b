import { parseArgs } from 'node:util'

type Options<Defaults> = {
  [Name in keyof Defaults]: Defaults[Name] extends number
    ? number
    : Defaults[Name] extends boolean
      ? boolean
      : string
}

/**
 * A script's options, each of its default's type, and with its default where it is not given. With `--help` the process prints the
 * help and ends.
 *
 * @throws if an option is unknown, or if a number is not a whole one of 0 or more.
 */
export function readOptions<Defaults extends Record<string, number | boolean | string>>(
  help: string,
  defaults: Defaults,
  args = process.argv.slice(2),
): Options<Defaults> {
  const isSwitch = (name: string) => typeof defaults[name] === 'boolean'
  const options = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, { type: isSwitch(name) ? 'boolean' : 'string' } as const]),
  )
  const { values } = parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } } })
  if (values.help) {
    process.stdout.write(help)
    process.exit()
  }
  const read = Object.entries(defaults).map(([name, byDefault]) => {
    const value = (values as Record<string, string | boolean | undefined>)[name] ?? byDefault
    if (typeof byDefault === 'number' && !/^\d+$/.test(String(value)))
      throw new RangeError(`--${name} takes a whole number.`)
    return [name, typeof byDefault === 'number' ? Number(value) : value]
  })
  return Object.fromEntries(read)
}

/** A seed that was probably never used before. */
export function newSeed(): number {
  return Math.floor(Math.random() * 2 ** 31)
}
