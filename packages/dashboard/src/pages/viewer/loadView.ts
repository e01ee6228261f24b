import type { PageAnswer } from '@voicemode-telemetry/protocol'
import { readJsonAs } from '@voicemode-telemetry/protocol'
import {
  answerSchema,
  type Press,
  reportAnswerSchema,
  type ShownReport,
  type ViewData,
  viewDataSchema,
} from '@voicemode-telemetry/protocol/wire/viewer'
import { type Fetch, type Loaded, load } from '../../api/load.ts'

/** Loads what the viewer reads from the logs on this machine; undefined if the viewer doesn't answer this browser. */
export async function loadView(fetch: Fetch): Promise<ViewData | undefined> {
  return valueIn(await load(fetch, 'data.json', (text) => readJsonAs(viewDataSchema, text)))
}

/** Has the viewer ask the endpoint for its latest public report. @returns a sentence if there is none. */
export async function loadReport(fetch: Fetch): Promise<ShownReport | string> {
  const answer = valueIn(await load(fetch, 'report.json', (text) => readJsonAs(reportAnswerSchema, text)))
  if (!answer) return NO_ANSWER
  return answer.outcome === 'found' ? answer.report : answer.why
}

/** Gives the viewer the reader's answer to its question. @returns undefined if it can't be recorded. */
export async function sendPress(fetch: Fetch, press: Press): Promise<PageAnswer | undefined> {
  try {
    const answer = await fetch('answer', { method: 'POST', body: JSON.stringify({ press }) })
    return answer.ok ? readJsonAs(answerSchema, await answer.text()) : undefined
  } catch {
    return undefined
  }
}

/** For the reader of the page. */
export const NO_ANSWER =
  'The viewer has stopped, or another browser opened this page first. To start it again, run voicemode-telemetry view.'

function valueIn<Value>(loaded: Loaded<Value>): Value | undefined {
  return loaded.outcome === 'loaded' ? loaded.value : undefined
}
