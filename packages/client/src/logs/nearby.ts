import type { EventLine } from './eventLine.ts'
import type { Exchange } from './exchange.ts'
import type { Lines } from './lines.ts'

/** How far an answer in the event log may be from its exchange in the conversation log, in microseconds. */
const ANSWER_REACH_US = 2 * 1_000_000

const ANSWERS = ['STT_COMPLETE', 'STT_NO_SPEECH']

/**
 * Whether a local server answered what was heard at an instant: the conversation log names the first server that is
 * configured, the event log tells which kind answered.
 *
 * @returns undefined where no answer is near, or the nearest does not say.
 */
export function answersOf(events: Lines<EventLine>): (at: number) => boolean | undefined {
  const answers: { at: number; isLocal: boolean | undefined }[] = []
  events.forEach(({ type, at, isLocal }) => {
    if (ANSWERS.includes(type)) answers.push({ at, isLocal })
  })
  answers.sort((a, b) => a.at - b.at)
  const times = answers.map(({ at }) => at)
  return (at) => {
    const after = firstFrom(times, at)
    const distance = (place: number) => Math.abs((times[place] ?? Number.POSITIVE_INFINITY) - at)
    const nearest = distance(after - 1) <= distance(after) ? after - 1 : after
    return distance(nearest) <= ANSWER_REACH_US ? answers[nearest]?.isLocal : undefined
  }
}

/** Whether something was spoken between two instants, both included. */
export function speechOf(exchanges: readonly Exchange[]): (from: number, to: number) => boolean {
  const times = exchanges
    .filter(({ kind }) => kind === 'tts')
    .map(({ at }) => at)
    .sort((a, b) => a - b)
  return (from, to) => (times[firstFrom(times, from)] ?? Number.POSITIVE_INFINITY) <= to
}

/** The place of the first of some sorted numbers that is not below another. */
function firstFrom(sorted: readonly number[], least: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}
