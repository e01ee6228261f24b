import {
  addDays,
  type Day,
  dayAt,
  isDay,
  NIL_TELEMETRY_ID,
  type TelemetryEvent,
  type Usage,
} from '@voicemode-telemetry/protocol'
import { readDecision, readIdentity } from './consent/record.ts'
import type { Host } from './host.ts'
import type { DayReading } from './logs/readDays.ts'
import { detectEnvironment } from './settings/detectEnvironment.ts'
import type { DetectedEnvironment } from './settings/environment.ts'
import type { Caller } from './settings/state.ts'

/** Counts what happened on a day, from VoiceMode's logs. It writes nothing and sends nothing. */
export class TelemetryCollector {
  readonly #host: Host
  readonly #caller: Caller | undefined

  /** @param host see `createHost`. @param caller see `recognizeCaller`. */
  constructor(host: Host, caller?: Caller) {
    this.#host = host
    this.#caller = caller
  }

  /**
   * The counts of a day. Once there is a yes, only what happened after it is counted.
   *
   * @param day as `YYYY-MM-DD` in UTC. Default: yesterday.
   * @throws RangeError if this is not a day.
   */
  async collectSessionData(day: Day = this.#yesterday()): Promise<Usage> {
    const { composeUsage } = await import('./logs/compose.ts')
    return composeUsage(await this.#read(day))
  }

  /** The environment of an event, except for the fields that come from the logs. */
  collectEnvironmentData(): DetectedEnvironment {
    return detectEnvironment(this.#host, this.#caller)
  }

  /**
   * The event of a day. Before consent its id is the nil UUID.
   *
   * @param day see {@link collectSessionData}.
   * @returns undefined if there was neither a session nor an operation on that day.
   */
  async collectTelemetryEvent(day: Day = this.#yesterday()): Promise<TelemetryEvent | undefined> {
    const { composeEvent } = await import('./logs/compose.ts')
    const reading = await this.#read(day)
    const id = this.#identity()?.telemetryId ?? NIL_TELEMETRY_ID
    return composeEvent(reading, this.collectEnvironmentData(), id)
  }

  async #read(day: Day): Promise<DayReading> {
    if (!isDay(day)) throw new RangeError('a day is written YYYY-MM-DD')
    const { readDays } = await import('./logs/readDays.ts')
    const options = { now: this.#host.now(), since: this.#identity()?.since }
    for await (const reading of readDays(this.#host.directories, [day], options)) return reading
    throw new TypeError('every day has a reading')
  }

  #identity() {
    return readDecision(this.#host).state === 'granted' ? readIdentity(this.#host) : undefined
  }

  #yesterday(): Day {
    return addDays(dayAt(this.#host.now()), -1)
  }
}
