import { type Options, shownOptionsOf } from './arguments.ts'
import type { Command, Program } from './command.ts'
import { wrap } from './text.ts'

/** The manual page of a program and all its commands, for section 1, in the man macros of roff. */
export async function renderManPage<Host>(program: Program<Host>): Promise<string> {
  const { name, version, about, main, commands, examples } = program
  const loaded = await Promise.all(
    Object.entries(commands).map(async ([command, load]) => [command, await load()] as const),
  )
  return [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}" "User Commands"`,
    '.SH NAME',
    ...lines(`${name} - ${about.replace(/\.$/, '')}`),
    '.SH SYNOPSIS',
    ...(main ? [`.B ${escaped(name)}`, '[options]', '.br'] : []),
    `.B ${escaped(name)}`,
    '\\fIcommand\\fR [options]',
    ...(main ? ['.SH DESCRIPTION', ...paragraphs(main.about), ...described(main)] : []),
    '.SH COMMANDS',
    ...loaded.flatMap(([command, about]) => [
      `.SS ${escaped([command, about.words?.usage].filter(Boolean).join(' '))}`,
      ...paragraphs(about.about || about.summary),
      ...described(about),
      ...(about.exitCodes ? ['.PP', ...lines(`Exit code: ${about.exitCodes}`)] : []),
    ]),
    '.SH EXAMPLES',
    '.nf',
    ...[...examples, ...loaded.flatMap(([, about]) => about.examples ?? [])].map(escaped),
    '.fi',
    '',
  ].join('\n')
}

function described(command: Pick<Command<never>, 'options' | 'json'>): string[] {
  const options: Options = shownOptionsOf(command)
  return Object.entries(options).flatMap(([name, { takes, about }]) =>
    about === undefined
      ? []
      : ['.TP', `.B \\-\\-${escaped(name)}${takes ? ` \\fI${escaped(takes)}\\fR` : ''}`, ...lines(about)],
  )
}

function paragraphs(text: string): string[] {
  return text.split(/\n\n+/).flatMap((paragraph, n) => [...(n > 0 ? ['.PP'] : []), ...lines(paragraph)])
}

/** A text in lines of at most 72 columns before they are escaped: mandoc wants lines that are not longer than a screen's. */
function lines(text: string): string[] {
  return wrap(text, 72).split('\n').map(escaped)
}

/** A text in which roff sees no command: a hyphen that can be copied, a backslash, and no dot or quote at the beginning of a line. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^[ ]*(?=[.'])/, '\\&')
    .trim()
}
