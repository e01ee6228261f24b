import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { recordingTerminal } from '../test/recordingTerminal.ts'
import type { Command, Program } from './command.ts'
import { EXIT } from './exit.ts'
import { completionOf, runProgram } from './program.ts'

const make: Command<undefined> = {
  summary: "make a 'thing': any",
  about: '',
  options: { days: { takes: 'N', about: 'how many' }, hidden: {} },
  json: 'print it as JSON',
  run: async () => EXIT.ok,
}

const tool: Program<undefined> = {
  name: 'a-tool',
  version: '1.2.3',
  about: '',
  commands: { make: async () => make, mark: async () => make, completion: completionOf(() => tool) },
  main: { ...make, options: { port: { takes: 'PORT', about: 'where' } } },
  examples: [],
  advice: '',
}

async function scriptFor(...shell: string[]) {
  const terminal = recordingTerminal({ columns: 80 })
  const code = await runProgram(tool, ['completion', ...shell], undefined, terminal)
  return { code, ...terminal.written }
}

/** What bash offers for the last of some words. */
function completedInBash(script: string, ...words: string[]): string[] {
  const run = `${script}
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    complete -p a-tool > /dev/null && _a_tool && printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', run, 'bash', 'a-tool', ...words], { encoding: 'utf8' })
    .trim()
    .split('\n')
}

test('in bash, Tab completes commands, and the options that the help lists', async () => {
  const { code, out } = await scriptFor('bash')
  expect(code).toBe(EXIT.ok)
  expect(completedInBash(out, 'ma')).toEqual(['make', 'mark'])
  expect(completedInBash(out, '--p')).toEqual(['--port'])
  expect(completedInBash(out, 'make', '--')).toEqual(['--days', '--json', '--help', '--version'])
  expect(completedInBash(out, '--port', '1', '--j')).toEqual(['--json'])
})

test.each(['zsh', 'fish'])(
  'the script for %s has each command and option with what it does',
  async (shell) => {
    const { out } = await scriptFor(shell)
    for (const told of ['make', 'completion', 'days', 'how many', 'port', "make a '\\''thing'\\'': any"])
      expect(out).toContain(told)
    expect(out).not.toContain('hidden')
  },
)

test('another shell is no shell, and the nearest one is named', async () => {
  expect(await scriptFor('bsh')).toMatchObject({
    code: EXIT.usage,
    err: 'a-tool: no such shell: bsh. Did you mean bash?\nSee: a-tool completion --help\n',
  })
  expect((await scriptFor()).err).toContain('a word is missing: bash|zsh|fish')
})
