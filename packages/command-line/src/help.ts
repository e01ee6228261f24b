import { optionsOf } from './arguments.ts'
import type { Command, Program } from './command.ts'
import { table, wrap } from './text.ts'

/** What a program says of itself, its commands and the options that it takes without one. */
export async function renderOverview<Host>(program: Program<Host>, columns: number): Promise<string> {
  const { name, about, main, commands, examples } = program
  const rows = await Promise.all(
    Object.entries(commands).map(async ([command, load]) => [command, (await load()).summary] as const),
  )
  const usage = [
    ...(main ? [`${name} [options]`] : []),
    ...(rows.length > 0 ? [`${name} <command> [options]`] : []),
  ]
  const helpOnCommand: [string, string][] =
    rows.length > 0 ? [['Help on a command:', `${name} <command> --help`]] : []
  return sections([
    wrap(`Usage: ${usage.join('\n       ')}`, columns),
    wrap(about, columns),
    main && wrap(main.about, columns),
    main && listed('Options', optionRows(main), columns),
    main?.exitCodes && wrap(`Exit code: ${main.exitCodes}`, columns),
    listed('Commands', rows, columns),
    table([...helpOnCommand, ['Version:', `${name} --version`]], columns),
    listedLines('Examples', examples),
  ])
}

export function renderHelp<Host>(
  program: Program<Host>,
  name: string,
  command: Command<Host>,
  columns: number,
): string {
  const usage = [program.name, name, command.words?.usage, '[options]'].filter(Boolean).join(' ')
  return sections([
    wrap(`Usage: ${usage}`, columns),
    wrap(command.about, columns),
    listed('Options', optionRows(command), columns),
    command.exitCodes && wrap(`Exit code: ${command.exitCodes}`, columns),
    listedLines('Examples', command.examples ?? []),
  ])
}

function optionRows<Host>(command: Command<Host>): [string, string][] {
  return Object.entries(optionsOf(command)).flatMap(([name, { takes, about }]) =>
    about === undefined ? [] : [[[`--${name}`, takes].filter(Boolean).join(' '), about]],
  )
}

function listed(title: string, rows: readonly (readonly [string, string])[], columns: number): string {
  return rows.length > 0 ? `${title}:\n${table(rows, columns, '  ')}` : ''
}

function listedLines(title: string, lines: readonly string[]): string {
  return lines.length > 0 ? `${title}:\n${lines.map((line) => `  ${line}`).join('\n')}` : ''
}

function sections(parts: readonly (string | false | undefined)[]): string {
  return `${parts.filter(Boolean).join('\n\n')}\n`
}
