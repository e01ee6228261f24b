import { mkdirSync, readFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createHost } from '../src/createHost.ts'
import type { Env } from '../src/host.ts'
import { NO_HOME } from '../src/settings/directories.ts'
import {
  findSettings,
  loadSettings,
  personalSetting,
  writesEventLogs,
} from '../src/settings/settingsFiles.ts'
import { Home } from './logs.ts'

/** Settings files, and what VoiceMode 8.12's own loader made of them. */
interface Case {
  note: string
  user?: string
  legacy?: string
  /** `.voicemode.env` and `.voicemode/voicemode.env` in the parent of the working directory. */
  project?: string
  project_dir?: string
  env?: Env
  voicemode: { base: string; events: string } & Env
}

const CASES = JSON.parse(readFileSync(new URL('fixtures/settings.json', import.meta.url), 'utf8')) as Case[]
const KEYS = ['VOICEMODE_TELEMETRY', 'VOICEMODE_BASE_DIR', 'VOICEMODE_EVENT_LOG_DIR']

interface Laid {
  home: string
  workingDirectory: string
}

function lay(home: Home, files: Partial<Omit<Case, 'voicemode'>>): Laid {
  const workingDirectory = join(home.path, 'clone/src')
  mkdirSync(workingDirectory, { recursive: true })
  if (files.user !== undefined) home.write('home/.voicemode/voicemode.env', files.user)
  if (files.legacy !== undefined) home.write('home/.voicemode/.voicemode.env', files.legacy)
  if (files.project !== undefined) home.write('clone/.voicemode.env', files.project)
  if (files.project_dir !== undefined) home.write('clone/.voicemode/voicemode.env', files.project_dir)
  return { home: join(home.path, 'home'), workingDirectory }
}

function foldersOf(laid: Laid, env: Env = {}) {
  return createHost({ env, homeDirectory: laid.home, workingDirectory: laid.workingDirectory, isCI: false })
    .directories
}

describe('settings are what VoiceMode’s own loader makes of them', () => {
  test.each(CASES.map((of) => [of.note, of] as const))('%s', (_, { env = {}, voicemode, ...files }) => {
    using home = new Home()
    const laid = lay(home, files)
    const settings = loadSettings(env, findSettings(laid.home, laid.workingDirectory).loaded)
    expect(KEYS.map((key) => settings(key))).toEqual(KEYS.map((key) => voicemode[key]))
    const path = (text: string) =>
      resolve(
        laid.workingDirectory,
        text.replace('<home>', laid.home).replace('<cwd>', laid.workingDirectory),
      )
    expect(foldersOf(laid, env)).toMatchObject({ base: path(voicemode.base), events: path(voicemode.events) })
  })
})

describe('a folder', () => {
  test.each<[string, Partial<Case>, string]>([
    ['of letters beyond ASCII', { user: 'VOICEMODE_BASE_DIR=~/Ærø/日本\n' }, 'home/Ærø/日本'],
    ['named by a variable of the file', { user: 'D=~/d\nVOICEMODE_BASE_DIR=$D/vm\n' }, 'home/d/vm'],
    ['named by a variable of the project', { user: 'VOICEMODE_BASE_DIR=~/$P\n', project: 'P=p\n' }, 'home/p'],
    ['named by an empty variable', { user: 'E=\nVOICEMODE_BASE_DIR=~/a$E/b\n' }, 'home/a/b'],
    [
      'whose value names itself',
      { user: 'VOICEMODE_BASE_DIR=~/$VOICEMODE_BASE_DIR\n' },
      'home/~/$VOICEMODE_BASE_DIR',
    ],
    ['of nobody’s home', { user: 'VOICEMODE_BASE_DIR=~nobody-at-all/vm\n' }, 'clone/src/~nobody-at-all/vm'],
    ['with a brace that stays open', { user: 'VOICEMODE_BASE_DIR=~/${HOME\n' }, 'home/${HOME'],
    ['behind a tilde that comes from a variable', { user: 'T=~\nVOICEMODE_BASE_DIR=$T/vm\n' }, 'home/vm'],
    ['that ends in a blank of another script', { user: 'VOICEMODE_BASE_DIR=~/vm\u3000\u00a0\n' }, 'home/vm'],
    ['behind a lone carriage return', { user: '# old\rVOICEMODE_BASE_DIR=~/vm\r' }, 'home/vm'],
    [
      'whose closing quote has a blank behind it',
      { user: 'A="x\ny" \nVOICEMODE_BASE_DIR=~/in"\nVOICEMODE_BASE_DIR=~/out\n' },
      'home/out',
    ],
  ])('%s is found', (_, files, expected) => {
    using home = new Home()
    expect(foldersOf(lay(home, files)).base).toBe(join(home.path, expected))
  })

  test('of another user’s home is found', () => {
    using home = new Home()
    expect(foldersOf(lay(home, { user: 'VOICEMODE_BASE_DIR=~root/vm\n' })).base).toMatch(
      /^\/(var\/)?root\/vm$/,
    )
  })

  test('of event logs that is set to nothing is the working directory', () => {
    using home = new Home()
    const laid = lay(home, { user: 'VOICEMODE_EVENT_LOG_DIR=\n' })
    expect(foldersOf(laid).events).toBe(laid.workingDirectory)
  })

  test('of event logs may be set by the project, below a base that the user sets', () => {
    using home = new Home()
    const laid = lay(home, {
      user: 'VOICEMODE_BASE_DIR=~/vm\n',
      project: 'VOICEMODE_EVENT_LOG_DIR=ev\nVOICEMODE_BASE_DIR=~/p\n',
    })
    const { base, events } = foldersOf(laid)
    expect([base, events]).toEqual([join(laid.home, 'vm'), join(laid.workingDirectory, 'ev')])
  })

  test('is the standard one where nothing is set, whatever its name holds', () => {
    using home = new Home()
    const odd = join(home.path, '$HOME ~x')
    expect(foldersOf({ home: odd, workingDirectory: home.path }).base).toBe(join(odd, '.voicemode'))
  })
})

describe('the project’s file', () => {
  test('is that of the nearest folder, which hides those above it', () => {
    using home = new Home()
    const laid = lay(home, { project: 'VOICEMODE_BASE_DIR=~/far\n' })
    home.write('clone/src/.voicemode/voicemode.env', 'VOICEMODE_EVENT_LOG_DIR=/near\n')
    const { base, events } = foldersOf(laid)
    expect([base, events]).toEqual([join(laid.home, '.voicemode'), '/near'])
  })

  test('may lie in the home directory itself, beside the user’s', () => {
    using home = new Home()
    home.write('.voicemode.env', 'VOICEMODE_BASE_DIR=~/a\n')
    home.write('.voicemode/voicemode.env', 'VOICEMODE_EVENT_LOG_DIR=/ev\n')
    expect(home.host().directories).toMatchObject({ base: join(home.path, 'a'), events: '/ev' })
  })

  test('moves the logs that are read, and never the record of consent', () => {
    using home = new Home()
    const project = 'VOICEMODE_BASE_DIR=/repo/vm\n'
    const laid = lay(home, { project })
    const own = join(laid.home, '.voicemode')
    expect(foldersOf(laid)).toMatchObject({
      base: '/repo/vm',
      ownBase: own,
      queue: join(own, 'telemetry_queue'),
    })
    // VoiceMode hands on what a project's file says.
    expect(foldersOf(laid, { VOICEMODE_BASE_DIR: '/repo/vm' })).toMatchObject({
      base: '/repo/vm',
      ownBase: own,
    })
    expect(foldersOf(laid, { VOICEMODE_BASE_DIR: '/mine' })).toMatchObject({
      base: '/mine',
      ownBase: '/mine',
    })
  })

  test('can’t move the record by a base that depends on where one stands', () => {
    using home = new Home()
    for (const user of ['VOICEMODE_BASE_DIR=vm\n', 'VOICEMODE_BASE_DIR=\n', 'VOICEMODE_BASE_DIR=$P/vm\n']) {
      const laid = lay(home, { user, project: 'P=/repo\n' })
      expect(foldersOf(laid).ownBase).toBe(join(laid.home, '.voicemode'))
    }
  })

  test('does not say what only the person can', () => {
    using home = new Home()
    const key = 'VOICEMODE_TELEMETRY_ENDPOINT'
    const laid = lay(home, { user: `${key}=https://a\n`, project: `${key}=https://b\n` })
    const personal = (env: Env) => personalSetting(env, findSettings(laid.home, laid.workingDirectory), key)
    expect(personal({})).toBe('https://a')
    expect(personal({ [key]: 'https://b' })).toBe('https://a')
    expect(personal({ [key]: 'https://c' })).toBe('https://c')
    expect(personal({ [key]: '' })).toBe('')
  })
})

test.each<[string, Env, boolean]>([
  ['', {}, true],
  ['VOICEMODE_EVENT_LOG_ENABLED=On\n', {}, true],
  ['VOICEMODE_EVENT_LOG_ENABLED=false\n', {}, false],
  ['VOICEMODE_EVENT_LOG_ENABLED=\n', {}, false],
  ['VOICEMODE_EVENT_LOG_ENABLED=true # yes\n', {}, false],
  ['VOICEMODE_EVENT_LOG_ENABLED=true\n', { VOICEMODE_EVENT_LOG_ENABLED: '' }, false],
  ['VOICEMODE_EVENT_LOG_ENABLED=false\nVOICEMODE_SAVE_ALL=1\n', {}, true],
])('of %j event logs are written under %j: %s', (user, env, written) => {
  using home = new Home()
  home.write('.voicemode/voicemode.env', user)
  expect(writesEventLogs(home.host({ env }))).toBe(written)
})

test('a user without a home has the null device for one', () => {
  expect(NO_HOME).toBe(devNull)
})
