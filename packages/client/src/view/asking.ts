import type { IncomingMessage } from 'node:http'
import type { PageAnswer } from '@voicemode-telemetry/protocol'
import { readJsonAs } from '@voicemode-telemetry/protocol'
import { type Press, pressSchema, type ViewQuestion } from '@voicemode-telemetry/protocol/wire/viewer'
import { noticeRows, renderFullNotice } from '../consent/notice.ts'
import { openQuestion } from '../consent/question.ts'
import { readRecipient } from '../consent/record.ts'
import type { Host } from '../host.ts'
import { recordAnswer } from './answer.ts'

/** A press of a button takes a few bytes. */
const MAX_PRESS_BYTES = 100

/** A question that a page asks. */
export interface Asking {
  question(): ViewQuestion
  /** Records the answer in a request. @returns undefined if the request holds none. */
  answer(request: IncomingMessage): Promise<PageAnswer | undefined>
}

/** Opens a question for a page. */
export function openAsking(host: Host): Asking {
  const opened = openQuestion(host)
  return {
    question: () => ({ rows: noticeRows(readRecipient(host)), full_notice: renderFullNotice() }),
    async answer(request) {
      const press = await readPress(request)
      return press === 'not now' ? NOT_NOW : press && recordAnswer(host, 'page', opened, press)
    },
  }
}

const NOT_NOW = { recorded: 'nothing', message: 'Nothing is recorded, and nothing is sent.' } as const

async function readPress(request: IncomingMessage): Promise<Press | undefined> {
  let text = ''
  // The rest is read and dropped: a request that is cut off gets no answer.
  for await (const chunk of request.setEncoding('utf8')) text += text.length > MAX_PRESS_BYTES ? '' : chunk
  if (text.length > MAX_PRESS_BYTES) return undefined
  return readJsonAs(pressSchema, text)?.press
}
