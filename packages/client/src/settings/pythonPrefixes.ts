import { existsSync, statSync } from 'node:fs'
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path'
import { foldersIn, namesIn, readText, realPath } from '../files/files.ts'
import type { Host } from '../host.ts'

export type PrefixHost = Pick<Host, 'env' | 'platform' | 'workingDirectory' | 'systemRoot' | 'directories'>

const COMMANDS = ['voicemode', 'voice-mode', 'voicemode-mcp-launcher']

/**
 * The folders in which a Python with VoiceMode may be installed, the most likely first. Most of them do not exist. The order: the
 * command on the PATH, what variables name, this user's tools, an assistant's plugins, the project's virtual environment, the
 * machine's Pythons, a virtual environment in the home directory, and the cache of `uvx`.
 */
export function* pythonPrefixes(host: PrefixHost): Generator<string> {
  const { env, platform } = host
  const { home } = host.directories
  yield* prefixesOfCommands(host)
  yield* named(env.VIRTUAL_ENV, env.CONDA_PREFIX)
  yield* named(env.CLAUDE_PLUGIN_ROOT).map((folder) => join(folder, '.venv'))
  yield* uvToolFolders(host).map((folder) => join(folder, 'voice-mode'))
  yield* [...named(env.PIPX_HOME), join(home, '.local', 'share', 'pipx'), join(home, '.local', 'pipx')].map(
    (folder) => join(folder, 'venvs', 'voice-mode'),
  )
  yield* named(env.PYTHONUSERBASE)
  yield join(home, '.local')
  if (platform === 'darwin') yield* newestIn(join(home, 'Library', 'Python'))
  if (platform === 'win32') yield* named(env.APPDATA).flatMap((data) => newestIn(join(data, 'Python')))
  yield* environmentsBelow(pluginsFolder(host))
  yield* foldersUpFrom(host.workingDirectory).flatMap((folder) => [
    join(folder, '.venv'),
    join(folder, 'venv'),
  ])
  const pyenv = [...named(env.PYENV_ROOT), join(home, '.pyenv')]
  yield* pyenv.flatMap((folder) => newestIn(join(folder, 'versions')))
  yield* machinePrefixes(host)
  yield* environmentsInHome(home)
  yield* uvxEnvironments(host)
}

/** The folder of Claude Code's installed plugins. */
export function pluginsFolder({ env, directories }: PrefixHost): string {
  return join(named(env.CLAUDE_CONFIG_DIR)[0] ?? join(directories.home, '.claude'), 'plugins')
}

/** Sorts names by the numbers in them, the highest first. */
export function newestFirst(names: readonly string[]): string[] {
  // Digits of equal length compare as numbers do. To load what languages compare by takes 9 ms.
  const keyOf = (name: string) => name.replace(/\d+/g, (digits) => digits.padStart(12, '0'))
  return names.toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1))
}

function newestIn(folder: string): string[] {
  return newestFirst(namesIn(folder)).map((name) => join(folder, name))
}

/** Keeps absolute paths. A variable may be empty, and a relative path leads each program to another folder. */
function named(...paths: (string | undefined)[]): string[] {
  return paths.filter((path) => path !== undefined && isAbsolute(path)) as string[]
}

function* prefixesOfCommands({ env, platform }: PrefixHost): Generator<string> {
  const extension = platform === 'win32' ? '.exe' : ''
  for (const folder of named(...(env.PATH ?? '').split(delimiter))) {
    for (const command of COMMANDS) {
      const path = join(folder, command + extension)
      if (!existsSync(path)) continue
      // `uv tool install` links into the environment. A copied script names its Python.
      yield dirname(dirname(realPath(path)))
      yield* interpreterPrefix(path)
      yield dirname(folder)
      // pyenv has one script for all its Pythons.
      if (basename(folder) === 'shims') yield* newestIn(join(dirname(folder), 'versions'))
    }
  }
}

/** `#!/…/bin/python3`, or, if that is too long or contains a space, `'''exec' '/…/bin/python3' "$0" "$@"`. */
const INTERPRETER = /^(?:#!|'''exec' ["']?)(\/[^\n"']*\/python[\d.]*)/m

function interpreterPrefix(script: string): string[] {
  const text = Buffer.from(readText(script) ?? '', 'latin1').toString('utf8')
  const [, interpreter] = INTERPRETER.exec(text) ?? []
  return interpreter ? [dirname(dirname(interpreter))] : []
}

/** Where uv keeps its tools, now and in older versions. */
function uvToolFolders({ env, platform, directories: { home } }: PrefixHost): string[] {
  const data = [...named(env.XDG_DATA_HOME), join(home, '.local', 'share')]
  if (platform === 'darwin') data.push(join(home, 'Library', 'Application Support'))
  if (platform === 'win32') data.unshift(...named(env.APPDATA))
  return [
    ...named(env.UV_TOOL_DIR),
    ...data.flatMap((folder) => [join(folder, 'uv', 'tools'), join(folder, 'uv', 'data', 'tools')]),
  ]
}

/** `cache/marketplace/plugin/version`, or `marketplaces/marketplace/plugins/plugin`. */
const MAX_PLUGIN_DEPTH = 4
/** A marketplace is a whole repository. A huge one must not delay anything. */
const MAX_PLUGIN_FOLDERS = 2000

/** The virtual environments below a folder, the least nested first. */
function* environmentsBelow(root: string): Generator<string> {
  const folders = [{ path: root, depth: 0 }]
  for (const { path, depth } of folders) {
    const below = foldersIn(path)
    if (below.includes('.venv')) yield join(path, '.venv')
    if (depth === MAX_PLUGIN_DEPTH || folders.length > MAX_PLUGIN_FOLDERS) continue
    const visible = newestFirst(below.filter((name) => !name.startsWith('.')))
    folders.push(...visible.map((name) => ({ path: join(path, name), depth: depth + 1 })))
  }
}

/** More folders than this in a home are not looked at. */
const MAX_HOME_FOLDERS = 2000

/** Virtual environments that somebody made in their home: `~/voice`, `~/envs/voice`, `~/project/.venv`. */
function* environmentsInHome(home: string): Generator<string> {
  const folders = foldersIn(home).map((name) => join(home, name))
  const below = folders.flatMap((folder) => foldersIn(folder).map((name) => join(folder, name)))
  for (const folder of [...folders, ...below].slice(0, MAX_HOME_FOLDERS)) {
    if (existsSync(join(folder, 'pyvenv.cfg'))) yield folder
  }
}

function foldersUpFrom(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...foldersUpFrom(parent)]
}

/** The Pythons of the machine: from its distribution, from Homebrew and from python.org. */
function machinePrefixes({ env, systemRoot }: PrefixHost): string[] {
  const folder = (...names: string[]) => join(systemRoot, ...names)
  const onWindows = [
    ...named(env.LOCALAPPDATA).map((data) => join(data, 'Programs', 'Python')),
    folder('Program Files'),
    systemRoot,
  ]
  return [
    folder('usr', 'local'),
    folder('opt', 'homebrew'),
    folder('home', 'linuxbrew', '.linuxbrew'),
    folder('usr'),
    ...newestIn(folder('Library', 'Frameworks', 'Python.framework', 'Versions')),
    ...onWindows.flatMap((place) => newestIn(place).filter((path) => /^python3/i.test(basename(path)))),
  ]
}

/** The environments in the cache of `uvx`, the newest first. */
function uvxEnvironments({ env, platform, directories: { home } }: PrefixHost): string[] {
  const caches = [
    ...named(env.UV_CACHE_DIR),
    ...named(env.XDG_CACHE_HOME).map((cache) => join(cache, 'uv')),
    ...(platform === 'win32' ? named(env.LOCALAPPDATA).map((data) => join(data, 'uv', 'cache')) : []),
    join(home, '.cache', 'uv'),
  ]
  const environments = caches
    .flatMap(newestIn)
    .filter((bucket) => basename(bucket).startsWith('environments-'))
    .flatMap(newestIn)
    .flatMap(newestIn)
  return environments.toSorted((a, b) => changedAt(b) - changedAt(a))
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
