import type { Host } from '../host.ts'
import { readState, updateState } from '../settings/state.ts'
import { environmentNoes, fileSaysNo } from './consent.ts'
import { readAnswerTexts, readReceipt } from './record.ts'

/**
 * Remembers a no in this process's environment while there is a yes, because some assistants start servers without the person's
 * environment. The command, the MCP server and the library's senders call it first. A no that is also in a settings file is not
 * remembered: VoiceMode copies its files into its environment.
 *
 * It throws nothing. If the no can't be written down, this process still sends nothing.
 */
export function noteEnvironmentNo(host: Host): void {
  try {
    const noes = environmentNoes(host.env)
    if (noes.length === 0 || readReceipt(host)?.decision !== 'granted' || readState(host).environmentNo)
      return
    const { userFiles, projectFiles } = readAnswerTexts(host)
    const texts = [...userFiles, ...projectFiles]
    const variable = noes.find((no) => !texts.some((text) => fileSaysNo(text, no)))
    if (variable) updateState(host, { environmentNo: { variable, at: host.now() } })
  } catch {}
}
