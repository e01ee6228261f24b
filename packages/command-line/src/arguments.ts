import util from 'node:util'
import type { Command, Option, Run } from './command.ts'
import { noSuch } from './nearest.ts'

export type Options = Readonly<Record<string, Option>>

/** What a command line says, and everything that is wrong with it, without any value that was typed. */
export type Arguments = Pick<Run<unknown>, 'words' | 'values' | 'switches'> & { misuse: readonly string[] }

/** Options of every command. */
const COMMON: Options = { help: {}, version: {} }

/** Every option of a command, those that each command has among them. */
export function optionsOf({ options, json }: Pick<Command<never>, 'options' | 'json'>): Options {
  return { ...options, ...(json !== undefined && { json: { about: json } }), ...COMMON }
}

/** The options of a command that people are told of. */
export function shownOptionsOf(command: Pick<Command<never>, 'options' | 'json'>): Options {
  const all = Object.entries(optionsOf(command))
  return Object.fromEntries(
    all.filter(([name, { about }]) => about !== undefined || Object.hasOwn(COMMON, name)),
  )
}

/** Reads what follows a command's name. */
export function readArguments(
  args: readonly string[],
  options: Options,
  expected: Command<never>['words'] = { usage: '', least: 0, most: 0 },
): Arguments {
  const words: string[] = []
  const values: Record<string, string> = {}
  const switches = new Set<string>()
  const misuse: string[] = []
  for (const token of tokensOf(args, options)) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const wrong = misuseOf(token, options)
    if (wrong !== undefined) misuse.push(wrong)
    else if (token.value === undefined) switches.add(token.name)
    else values[token.name] = token.value
  }
  if (words.length < expected.least) misuse.push(`a word is missing: ${expected.usage}`)
  // The value of an option that is unknown counts as a word.
  if (words.length > expected.most && misuse.length === 0)
    misuse.push(expected.most === 0 ? 'only options can follow' : 'there are too many words')
  return { words, values, switches, misuse }
}

function tokensOf(args: readonly string[], options: Options) {
  if (args.length === 0) return []
  const typed = Object.entries(options).map(([name, { takes }]) => {
    const short = name === 'help' ? { short: 'h' } : {}
    return [name, { type: takes === undefined ? ('boolean' as const) : ('string' as const), ...short }]
  })
  return util.parseArgs({ args: [...args], options: Object.fromEntries(typed), strict: false, tokens: true })
    .tokens
}

interface OptionToken {
  name: string
  value?: string | undefined
  inlineValue?: boolean | undefined
}

function misuseOf({ name, value, inlineValue }: OptionToken, options: Options): string | undefined {
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (!option) {
    const listed = Object.keys(shownOptionsOf({ options }))
    return noSuch(
      'option',
      `--${name}`,
      listed.map((each) => `--${each}`),
    )
  }
  if (option.takes === undefined) return value === undefined ? undefined : `--${name} takes no value`
  if (value === undefined || (!inlineValue && value.startsWith('-')))
    return `--${name} needs a value: --${name} ${option.takes}`
  if (option.accepts && !option.accepts.test(value)) return `--${name} takes ${option.accepts.what}`
  return undefined
}
