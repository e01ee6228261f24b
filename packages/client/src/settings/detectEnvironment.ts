import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { MCP_HOSTS } from '@voicemode-telemetry/protocol'
import type { Host } from '../host.ts'
import {
  type DetectedEnvironment,
  type Executable,
  installMethodOf,
  mcpHostOf,
  osTypeOf,
} from './environment.ts'
import { type Caller, readState } from './state.ts'

const COMMANDS = ['voicemode', 'voice-mode']

/**
 * The environment of an event, found without starting VoiceMode.
 *
 * @param caller what somebody knows better. Default: what was last remembered, so that a preview and a send in the
 *   background tell the same.
 */
export function detectEnvironment(
  host: Host,
  caller: Caller = readState(host).caller ?? {},
): DetectedEnvironment {
  return {
    os_type: osTypeOf(host.platform),
    install_method: installMethodOf(findExecutable(host)),
    mcp_host: oneOf(MCP_HOSTS, caller.mcpHost) ?? mcpHostOf(host.env),
    installedVersion: undefined,
  }
}

/** What is remembered lies in a file that anybody may have changed. */
function oneOf<Word extends string>(words: readonly Word[], word: Word | undefined): Word | undefined {
  return words.find((known) => known === word)
}

function findExecutable(host: Host): Executable | undefined {
  const extension = host.platform === 'win32' ? '.exe' : ''
  for (const folder of (host.env.PATH ?? '').split(delimiter)) {
    for (const command of COMMANDS) {
      const path = join(folder, command + extension)
      if (folder !== '' && existsSync(path)) return executableAt(realpathSync(path))
    }
  }
  return undefined
}

function executableAt(path: string): Executable {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'pyproject.toml')) && existsSync(join(folder, '.git')))
      return { path, inCheckout: true }
  }
  return { path, inCheckout: false }
}
