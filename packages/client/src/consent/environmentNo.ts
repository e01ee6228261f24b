import type { Host } from '../host.ts'
import { readState, updateState } from '../settings/state.ts'
import { environmentNoes, fileSaysNo } from './consent.ts'
import { readAnswerTexts, readReceipt } from './record.ts'

/**
 * Remembers a no of this process's environment, while a yes is on record, for processes that get another environment: some
 * assistants start servers without the person's own. Every entry of ours calls it first. A no that also stands in a settings
 * file is that file's: VoiceMode hands on what its files say.
 *
 * It throws nothing: where it can't be written, this process sends nothing all the same.
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
