import { type Fetch, type Loaded, load } from '../../api/load.ts'
import type { PublicReport, ReportAnswer, ViewData } from '../../api/viewData.ts'

/** Loads what the viewer reads from the logs on this machine; undefined if the viewer doesn't answer this browser. */
export async function loadView(fetch: Fetch): Promise<ViewData | undefined> {
  return valueIn(await load<ViewData>(fetch, 'data.json'))
}

/** Has the viewer ask the endpoint for its latest public report. @returns a sentence if there is none. */
export async function loadReport(fetch: Fetch): Promise<PublicReport | string> {
  const answer = valueIn(await load<ReportAnswer>(fetch, 'report.json'))
  if (!answer) return NO_ANSWER
  return answer.outcome === 'found' ? answer.report : answer.why
}

/** For the reader of the page. */
export const NO_ANSWER =
  'The viewer has stopped, or another browser opened this page first. To start it again, run voicemode-telemetry view.'

function valueIn<Value>(loaded: Loaded<Value>): Value | undefined {
  return loaded.outcome === 'loaded' ? loaded.value : undefined
}
