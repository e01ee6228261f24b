import {
  addDays,
  type Day,
  dayAt,
  isDay,
  NIL_TELEMETRY_ID,
  type TelemetryEvent,
} from '@voicemode-telemetry/protocol'
import { readDecision, readIdentity } from './consent/record.ts'
import type { Host } from './host.ts'
import { composeEvent } from './logs/compose.ts'
import { readLogs } from './logs/readLogs.ts'
import type { DayTally } from './logs/tally.ts'
import { detectEnvironment } from './settings/detectEnvironment.ts'
import type { DetectedEnvironment } from './settings/environment.ts'
import type { Caller } from './settings/state.ts'

/** Reads VoiceMode's logs and counts what happened on a day. It writes nothing and sends nothing. */
export class TelemetryCollector {
  readonly #host: Host
  readonly #caller: Caller | undefined

  /** @param host see `createHost`. @param caller see `recognizeCaller`. */
  constructor(host: Host, caller?: Caller) {
    this.#host = host
    this.#caller = caller
  }

  /**
   * The counts of a day; after a yes only of what began after it.
   *
   * @param day as `YYYY-MM-DD` in UTC. Default: yesterday.
   * @throws RangeError for what is no day.
   */
  async collectSessionData(day: Day = this.#yesterday()): Promise<DayTally> {
    if (!isDay(day)) throw new RangeError('a day is written YYYY-MM-DD')
    const identity = this.#identity()
    return (await readLogs(this.#host, [day], { since: identity?.since })).tally.ofDay(day)
  }

  /** The environment as an event tells it, but for what the logs say. */
  collectEnvironmentData(): DetectedEnvironment {
    return detectEnvironment(this.#host, this.#caller)
  }

  /**
   * The event of a day; before consent under the nil UUID.
   *
   * @param day see {@link collectSessionData}.
   * @returns undefined for a day without a session and without an operation.
   */
  async collectTelemetryEvent(day: Day = this.#yesterday()): Promise<TelemetryEvent | undefined> {
    const tally = await this.collectSessionData(day)
    const id = this.#identity()?.telemetryId ?? NIL_TELEMETRY_ID
    return composeEvent(tally, this.collectEnvironmentData(), id)
  }

  #identity() {
    return readDecision(this.#host).state === 'granted' ? readIdentity(this.#host) : undefined
  }

  #yesterday(): Day {
    return addDays(dayAt(this.#host.now()), -1)
  }
}
