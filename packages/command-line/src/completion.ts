import { type Options, shownOptionsOf } from './arguments.ts'
import type { Command, Program } from './command.ts'
import { EXIT } from './exit.ts'
import { noSuch } from './nearest.ts'

/** What can follow a program's name. */
interface Completed {
  name: string
  commands: { name: string; summary: string; options: Options }[]
  /** Without a command. */
  options: Options
}

const SHELLS: Record<string, (completed: Completed) => string> = {
  bash: renderBash,
  zsh: renderZsh,
  fish: renderFish,
}
const NAMES = Object.keys(SHELLS)

/** The command that prints what a shell needs to complete the program's commands and options. */
export function completionCommand<Host>(program: Program<Host>): Command<Host> {
  const { name } = program
  return {
    summary: 'print what your shell needs to complete commands',
    about: `Prints a script that lets the Tab key complete commands and options. For bash add the first example to ~/.bashrc; for zsh \
add it to ~/.zshrc, after compinit and with zsh as the shell's name. For fish run the second one once, and after each update.`,
    words: { usage: NAMES.join('|'), least: 1, most: 1 },
    exitCodes: '0 if it was printed; 2 for another shell.',
    examples: [
      `eval "$(${name} completion bash)"`,
      `${name} completion fish > ~/.config/fish/completions/${name}.fish`,
    ],
    findMisuse: ({ words: [shell = ''] }) =>
      shell === '' || Object.hasOwn(SHELLS, shell) ? [] : [noSuch('shell', shell, NAMES)],
    async run({ terminal, words: [shell = ''] }) {
      terminal.out(SHELLS[shell]?.(await read(program)) ?? '')
      return EXIT.ok
    },
  }
}

async function read<Host>({ name, commands, main }: Program<Host>): Promise<Completed> {
  const loaded = Object.entries(commands).map(async ([command, load]) => {
    const { summary, ...about } = await load()
    return { name: command, summary, options: shownOptionsOf(about) }
  })
  return { name, commands: await Promise.all(loaded), options: shownOptionsOf(main ?? {}) }
}

function renderBash({ name, commands, options }: Completed): string {
  const cases = commands.map((command) => `    ${command.name}) words="${dashed(command.options)}" ;;\n`)
  return `_${idOf(name)}() {
  local words current="\${COMP_WORDS[COMP_CWORD]}"
  case "\${COMP_WORDS[1]}" in
${cases.join('')}    *) words="${dashed(options)}" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.map((command) => command.name).join(' ')} ${dashed(options)}"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${idOf(name)} ${name}
`
}

function renderZsh({ name, commands, options }: Completed): string {
  const described = (of: Options) =>
    Object.entries(of).map(([option, { about = '' }]) => pair(`--${option}`, about))
  const cases = commands.map(
    (command) => `    ${command.name}) options=(${described(command.options).join(' ')}) ;;\n`,
  )
  const id = idOf(name)
  return `#compdef ${name}
_${id}() {
  local -a commands options
  commands=(${commands.map((command) => pair(command.name, command.summary)).join(' ')})
  case $words[2] in
${cases.join('')}    *) options=(${described(options).join(' ')}) ;;
  esac
  if (( CURRENT == 2 )); then _describe command commands; fi
  _describe -o option options || _files
}
if [ "$funcstack[1]" = _${id} ]; then _${id} "$@"; else compdef _${id} ${name}; fi
`
}

function renderFish({ name, commands, options }: Completed): string {
  const line = (condition: string, rest: string, about: string) =>
    `complete -c ${name} -n '${condition}' ${rest}${about && ` -d ${quote(about)}`}\n`
  const optionLines = (condition: string, of: Options) =>
    Object.entries(of).map(([option, { takes, about = '' }]) =>
      line(condition, `-l ${option}${takes === undefined ? '' : ' -r'}`, about),
    )
  const first = '__fish_use_subcommand'
  return [
    ...commands.map((command) => line(first, `-f -a ${command.name}`, command.summary)),
    ...optionLines(first, options),
    ...commands.flatMap((command) =>
      optionLines(`__fish_seen_subcommand_from ${command.name}`, command.options),
    ),
  ].join('')
}

function dashed(options: Options): string {
  return Object.keys(options)
    .map((option) => `--${option}`)
    .join(' ')
}

/** A name and what it does, as zsh's _describe takes them. */
function pair(name: string, about: string): string {
  return quote(`${name}:${about}`)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A name that a shell takes for a function. */
function idOf(name: string): string {
  return name.replaceAll('-', '_')
}
