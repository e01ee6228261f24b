import { addDays, type Day, daysFromTo, type Environment, type Usage } from '@voicemode-telemetry/protocol'
import { makeInstallation } from '../demo/installations.ts'
import { exampleEnvironment } from '../exampleEnvironment.ts'
import { MICROS_PER_DAY, microsOf } from '../scenes/clock.ts'
import { randomOf } from '../scenes/random.ts'
import { toldOf, usageOf } from '../scenes/truth.ts'

/** What the event of one day says, without its ids. */
export interface Report {
  day: Day
  environment: Environment
  usage: Usage
}

/** How long before the last day the first people came, in days. */
const LIFE_DAYS = 60

/**
 * What one made-up installation reports. A field of the environment whose spread the demo does not know is spread evenly over its words:
 * that is the most which the field can tell.
 *
 * @returns a report for each day on which it was used, oldest first.
 */
export function reportsOf(seed: number, index: number, first: Day, last: Day): Report[] {
  const { environment: known, done } = makeInstallation(seed, index, addDays(last, -LIFE_DAYS), last, first)
  const { installedVersion, ...detected } = known
  const random = randomOf(seed * 1_000_003 + index)
  return daysFromTo(first, last).flatMap((day) => {
    const usage = usageOf(done, { day, now: microsOf(`${day}T00:00:00Z`) + 2 * MICROS_PER_DAY })
    if (!usage) return []
    const { version = 'unknown', exec_source } = toldOf(done, day)
    const spread = exampleEnvironment({}, (words) => random.pick(words))
    return [{ day, environment: { ...spread, ...detected, version, exec_source }, usage }]
  })
}
