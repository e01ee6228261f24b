import { utimesSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Machine, SITE } from '../../test/machine.ts'
import type { Env } from '../host.ts'
import { detectEnvironment } from './detectEnvironment.ts'

const UV_TOOL = '.local/share/uv/tools/voice-mode'
const PLUGIN = '.claude/plugins/cache/mbailey/voicemode/8.12.0'
const CHECKOUT = 'src/voicemode'

interface Layout {
  make: (machine: Machine) => void
  /** The folder of the command, as a shell's PATH has it. */
  bin?: string
  /** The variables that tell where it is to those without a PATH. */
  env?: (machine: Machine) => Env
  workingDirectory?: string
  platform?: string
  method: string
}

const LAYOUTS: Record<string, Layout> = {
  'uv tool install': {
    make: (machine) => {
      machine.uvEnvironment(UV_TOOL)
      machine.link('.local/bin/voicemode', `${UV_TOOL}/bin/voicemode`)
    },
    bin: '.local/bin',
    method: 'uv',
  },
  'uv tool install, with the tools elsewhere': {
    make: (machine) => {
      machine.uvEnvironment('tools of mine/voice-mode')
      machine.link('bin/voicemode', 'tools of mine/voice-mode/bin/voicemode')
    },
    bin: 'bin',
    env: (machine) => ({ UV_TOOL_DIR: machine.at('tools of mine') }),
    method: 'uv',
  },
  'uv tool install, with the data elsewhere': {
    make: (machine) => machine.uvEnvironment('data/uv/tools/voice-mode'),
    env: (machine) => ({ XDG_DATA_HOME: machine.at('data') }),
    method: 'uv',
  },
  'uv tool install on Windows': {
    make: (machine) => {
      machine.package('Roaming/uv/tools/voice-mode', 'uv', { in: 'Lib/site-packages' })
      machine.write('.local/bin/voicemode.exe', 'MZ')
    },
    bin: '.local/bin',
    env: (machine) => ({ APPDATA: machine.at('Roaming') }),
    platform: 'win32',
    method: 'uv',
  },
  'uv tool install -e': {
    make: (machine) => {
      machine.checkout(CHECKOUT)
      machine.uvEnvironment(UV_TOOL, machine.editable(CHECKOUT))
      machine.link('.local/bin/voicemode', `${UV_TOOL}/bin/voicemode`)
    },
    bin: '.local/bin',
    method: 'dev',
  },
  'uv tool install of a repository': {
    make: (machine) =>
      machine.uvEnvironment(UV_TOOL, {
        url: 'https://github.com/mbailey/voicemode',
        vcs_info: { vcs: 'git', commit_id: '0'.repeat(40) },
      }),
    method: 'dev',
  },
  'uv tool install of a wheel': {
    make: (machine) => machine.uvEnvironment(UV_TOOL, { url: 'file:///tmp/a.whl', archive_info: {} }),
    method: 'uv',
  },
  'uv run in a checkout': {
    make: (machine) => {
      machine.checkout(CHECKOUT)
      machine.uvEnvironment(`${CHECKOUT}/.venv`, machine.editable(CHECKOUT))
    },
    bin: `${CHECKOUT}/.venv/bin`,
    workingDirectory: `${CHECKOUT}/docs`,
    method: 'dev',
  },
  'uv run in a plugin’s folder': {
    make: (machine) => {
      machine.checkout(PLUGIN)
      machine.uvEnvironment(`${PLUGIN}/.venv`, machine.editable(PLUGIN))
    },
    bin: `${PLUGIN}/.venv/bin`,
    method: 'uv',
  },
  'uv run in a plugin’s folder that lies elsewhere': {
    make: (machine) => {
      machine.write('plugins/voicemode/.claude-plugin/plugin.json', '{}')
      machine.uvEnvironment('plugins/voicemode/.venv', machine.editable('plugins/voicemode'))
    },
    env: (machine) => ({ CLAUDE_PLUGIN_ROOT: machine.at('plugins/voicemode') }),
    bin: 'plugins/voicemode/.venv/bin',
    method: 'uv',
  },
  uvx: {
    make: (machine) => {
      machine.uvEnvironment('.cache/uv/archive-v0/a')
      machine.link('.cache/uv/environments-v2/b/c', '.cache/uv/archive-v0/a')
    },
    method: 'uv',
  },
  'pip in a virtual environment': {
    make: (machine) => machine.pipEnvironment('envs/voice'),
    bin: 'envs/voice/bin',
    env: (machine) => ({ VIRTUAL_ENV: machine.at('envs/voice') }),
    method: 'pip',
  },
  'pip in a virtual environment that only the home tells of': {
    make: (machine) => machine.pipEnvironment('envs/voice'),
    method: 'pip',
  },
  'pip in a virtual environment at the top of the home': {
    make: (machine) => machine.pipEnvironment('voice'),
    method: 'pip',
  },
  'pip in a virtual environment, its script in a folder of the person’s own': {
    make: (machine) => {
      machine.package('envs/voice', 'pip\n')
      const python = machine.at('envs/voice/bin/python3')
      machine.script('bin/voice-mode', `#!/bin/sh\n'''exec' ${python} "$0" "$@"\n' '''`)
    },
    bin: 'bin',
    env: (machine) => ({ VIRTUAL_ENV: machine.at('envs/voice') }),
    method: 'pip',
  },
  'pip in a virtual environment of a folder beyond ASCII': {
    make: (machine) => {
      machine.package('línea/voz', 'pip\n')
      machine.script('bin/voicemode', `#!${machine.at('línea/voz')}/bin/python3.12`)
    },
    bin: 'bin',
    env: (machine) => ({ VIRTUAL_ENV: machine.at('línea/voz') }),
    method: 'pip',
  },
  'pip in the person’s own git project': {
    make: (machine) => {
      machine.checkout('project')
      machine.pipEnvironment('project/.venv')
    },
    bin: 'project/.venv/bin',
    workingDirectory: 'project/src/deep',
    method: 'pip',
  },
  'pip install -e': {
    make: (machine) => {
      machine.checkout(CHECKOUT)
      machine.package('envs/voice', 'pip\n', { origin: machine.editable(CHECKOUT) })
    },
    env: (machine) => ({ VIRTUAL_ENV: machine.at('envs/voice') }),
    method: 'dev',
  },
  'pip install --user': {
    make: (machine) => {
      machine.package('.local', 'pip\n')
      machine.script('.local/bin/voicemode', '#!/usr/bin/python3')
    },
    bin: '.local/bin',
    method: 'pip',
  },
  'pip install --user on macOS': {
    make: (machine) => machine.package('Library/Python/3.12', 'pip\n', { in: 'lib/python/site-packages' }),
    bin: 'Library/Python/3.12/bin',
    platform: 'darwin',
    method: 'pip',
  },
  'pip install --user on Windows': {
    make: (machine) => machine.package('Roaming/Python/Python312', 'pip\r\n', { in: 'site-packages' }),
    env: (machine) => ({ APPDATA: machine.at('Roaming') }),
    platform: 'win32',
    method: 'pip',
  },
  'pip of Debian’s Python': {
    make: (machine) => {
      machine.package('usr/local', 'pip\n', { in: 'lib/python3.12/dist-packages' })
      machine.script('usr/local/bin/voicemode', '#!/usr/bin/python3')
    },
    bin: 'usr/local/bin',
    method: 'pip',
  },
  'pip of Homebrew’s Python': {
    make: (machine) => machine.package('opt/homebrew', 'pip\n'),
    bin: 'opt/homebrew/bin',
    platform: 'darwin',
    method: 'pip',
  },
  'pip of pyenv’s Python': {
    make: (machine) => {
      machine.package('.pyenv/versions/3.12.3', 'pip\n')
      machine.write('.pyenv/shims/voicemode', '#!/usr/bin/env bash\n')
    },
    bin: '.pyenv/shims',
    method: 'pip',
  },
  pipx: {
    make: (machine) => machine.pipEnvironment('.local/share/pipx/venvs/voice-mode'),
    method: 'pip',
  },
  'an installer of another name': {
    make: (machine) => machine.package(UV_TOOL, 'poetry 2.1.0'),
    method: 'unknown',
  },
}

function detect(machine: Machine, { workingDirectory = '', platform = 'linux' }: Partial<Layout>, env: Env) {
  const host = machine.host({ env, workingDirectory: machine.at(workingDirectory) })
  return detectEnvironment({ ...host, platform })
}

test.each(Object.entries(LAYOUTS))('%s, with its command on the PATH and without any', (_, layout) => {
  using machine = new Machine()
  layout.make(machine)
  const installed = { install_method: layout.method, installedVersion: '8.12.0' }
  const env = layout.env?.(machine)
  for (const PATH of ['', undefined])
    expect(detect(machine, layout, { ...env, PATH })).toMatchObject(installed)
  if (layout.bin) {
    const PATH = `${machine.at('bin of others')}:${machine.at(layout.bin)}`
    expect(detect(machine, { ...layout, workingDirectory: '' }, { ...env, PATH })).toMatchObject(installed)
  }
})

test('where nothing is installed, the method is unknown and there is no version', () => {
  using machine = new Machine()
  machine.checkout(CHECKOUT)
  machine.write('bin/voicemode', '#!/bin/sh\n')
  for (const PATH of ['', machine.at('bin')]) {
    expect(detect(machine, { workingDirectory: CHECKOUT }, { PATH })).toMatchObject({
      install_method: 'unknown',
      installedVersion: undefined,
    })
  }
})

test('of several installations it is the one whose command a shell would run', () => {
  using machine = new Machine()
  machine.uvEnvironment(UV_TOOL)
  machine.pipEnvironment('envs/voice')
  machine.package('usr', 'pip\n', { version: '7.4.2' })
  const inEnvironment = { PATH: `${machine.at('envs/voice/bin')}:${machine.at(`${UV_TOOL}/bin`)}` }
  expect(detect(machine, {}, inEnvironment).install_method).toBe('pip')
  expect(detect(machine, {}, { PATH: machine.at(`${UV_TOOL}/bin`) }).install_method).toBe('uv')
  expect(detect(machine, {}, {})).toMatchObject({ install_method: 'uv', installedVersion: '8.12.0' })
})

test('of several versions in one place the newest counts, and none that was half deleted', () => {
  using machine = new Machine()
  for (const version of ['8.9.0', '8.12.0']) machine.package(UV_TOOL, 'uv', { version })
  machine.write(`${UV_TOOL}/${SITE}/voice_mode-9.0.0.dist-info/RECORD`, '')
  expect(detect(machine, {}, {}).installedVersion).toBe('8.12.0')
})

test('of what uvx keeps, the last one counts', () => {
  using machine = new Machine()
  for (const [version, ageDays] of [['8.12.0', 1] as const, ['8.11.0', 5] as const, ['8.13.0', 9] as const]) {
    const environment = `.cache/uv/environments-v2/a/${version}`
    machine.package(environment, 'uv', { version })
    const then = Date.now() / 1000 - ageDays * 86_400
    utimesSync(machine.at(environment), then, then)
  }
  expect(detect(machine, {}, {}).installedVersion).toBe('8.12.0')
})

test.each([
  ['8.12.1.dev3+g12ab', '8.12.1'],
  ['8.12', undefined],
  ['my secret', undefined],
])('of the version %j only the release is told', (version, told) => {
  using machine = new Machine()
  machine.package(UV_TOOL, 'uv', { version })
  expect(detect(machine, {}, {}).installedVersion).toBe(told)
})

test('metadata that is no metadata breaks nothing', () => {
  using machine = new Machine()
  machine.package(UV_TOOL, 'uv')
  const metadata = `${UV_TOOL}/${SITE}/voice_mode-8.12.0.dist-info`
  for (const origin of [
    '',
    '[',
    'null',
    '7',
    '{"url":7,"dir_info":{}}',
    '{"url":"file:relative","dir_info":1}',
  ]) {
    machine.write(`${metadata}/direct_url.json`, origin)
    expect(detect(machine, {}, {}).installedVersion).toBe('8.12.0')
  }
})
