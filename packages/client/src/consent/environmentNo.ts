import { readText } from '../files/files.ts'
import type { Host } from '../host.ts'
import { settingValue } from '../settings/settingsFile.ts'
import { findSettings } from '../settings/settingsFiles.ts'
import { readState, updateState } from '../settings/state.ts'
import { environmentNoes } from './consent.ts'
import { readReceipt, whileRecording } from './record.ts'

/**
 * Remembers a no in this process's environment while there is a yes, because some assistants start servers without the person's
 * environment. The command, the MCP server and the library's senders call it first. A value that VoiceMode copied
 * from a settings file into the environment is not remembered: that file says it already.
 *
 * It throws nothing. If the no can't be written down, this process still sends nothing.
 *
 * @returns the variable of a no that should be remembered and could not be written down; undefined if all is as it should be.
 */
export function noteEnvironmentNo(host: Host): string | undefined {
  let variable: string | undefined
  try {
    const noes = environmentNoes(host.env)
    if (noes.length === 0 || !isNews(host)) return undefined
    const { directories, workingDirectory, env } = host
    const files = findSettings(directories.home, workingDirectory).loaded.map((path) => readText(path) ?? '')
    variable = noes.find((no) => !files.some((text) => settingValue(text, no) === env[no]))
    if (!variable) return undefined
    const environmentNo = { variable, at: host.now() }
    whileRecording(host, () => {
      if (isNews(host)) updateState(host, { environmentNo })
    })
    return undefined
  } catch {
    return variable
  }
}

/** Whether there is a yes, and no remembered no. */
function isNews(host: Host): boolean {
  return readReceipt(host)?.decision === 'granted' && !readState(host).environmentNo
}
