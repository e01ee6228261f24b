import {
  addDays,
  type Day,
  dayAt,
  daysFromTo,
  encodeEvent,
  type TelemetryEvent,
} from '../../packages/protocol/src/index.ts'

type Answer = 'yes' | 'no' | 'none'

/** A moment, by the right clock and by the machine's. Both in milliseconds since 1970. */
interface Moment {
  at: number
  stamp: number
}

interface Session {
  began: Moment
  /** Whether the machine's clock was wrong, so that it may seem to be of any time. */
  isMisdated: boolean
  /** The UTC day on which it ends, by the machine's clock. */
  day: Day
}

/** How soon a request must end after a no, in milliseconds. */
const STOPS_WITHIN_MS = 1_000

/** What a person and a machine have really done, and what must not happen then. It knows nothing of the client's files. */
export class Truth {
  /** What was found wrong. */
  readonly wrong: string[] = []
  /** The answers that may stand now: several while one is being recorded, or after that broke off. */
  answers = new Set<Answer>(['none'])
  /** Counts answers that were begun, to notice one. */
  answered = 0
  readonly #sessions: Session[] = []
  /** Days whose logs are not as they were written. */
  readonly #damagedDays = new Set<Day>()
  clockMoved = false
  readonly forgottenIds = new Set<string>()
  /** By event: what was shown of it, and what the server has acknowledged. */
  readonly #previews = new Map<string, string>()
  readonly #acknowledged = new Map<string, string>()
  readonly #idsOfDay = new Map<Day, Set<string>>()
  readonly #firstYesOf = new Map<string, Moment | undefined>()
  /** The first yes since the last no, and when the last one was surely recorded. */
  #firstYes: Moment | undefined
  #lastYes: Moment | undefined
  #noSince: number | undefined
  readonly #now: () => Moment

  constructor(now: () => Moment) {
    this.#now = now
  }

  complain(what: string): void {
    this.wrong.push(what)
  }

  beginAnswer(answer: Answer): void {
    this.answered += 1
    this.answers.add(answer)
    if (answer !== 'yes') return
    this.#firstYes ??= this.#now()
    this.#mindClock()
    this.#noSince = undefined
  }

  settleAnswer(answer: Answer): void {
    this.answered += 1
    this.answers = new Set([answer])
    if (answer === 'yes') {
      this.#lastYes = this.#now()
      this.#noSince = undefined
    } else this.#noSince ??= this.#now().at
  }

  /** The clock was set. What was shown need not be what is sent. */
  moveClock(): void {
    this.clockMoved = true
    this.#mindClock()
    this.forgetShown()
  }

  /** With a clock that was set back since, nobody can tell what was before a yes: it counts from the least time on. */
  #mindClock(): void {
    if (this.#firstYes) this.#firstYes.stamp = Math.min(this.#firstYes.stamp, this.#now().stamp)
  }

  /** The id is lost, as after a no that has failed half-way. The next one may report nothing from before. */
  loseId(): void {
    this.#lastYes = undefined
  }

  /** After a no that has deleted the id, a later yes begins anew. */
  endYes(): void {
    this.#firstYes = undefined
    this.#lastYes = undefined
  }

  get isYes(): boolean {
    return this.answers.size === 1 && this.answers.has('yes')
  }

  spoke(end: Moment, beganMs: number): void {
    const began = { at: end.at, stamp: beganMs }
    const isMisdated = Math.abs(end.at - end.stamp) > 1_000
    this.#sessions.push({ began, isMisdated, day: dayAt(end.stamp) })
  }

  /** VoiceMode does not sync its logs: after a power failure what was spoken since a moment may be lost. */
  loseSpoken(since: number): void {
    const lost = this.#sessions.filter(({ began }) => began.at >= since)
    for (const { day } of lost) this.spoil(day)
    this.forgetShown()
  }

  /** The logs around a day are not as they were written. */
  spoil(date: Day): void {
    for (const day of daysFromTo(addDays(date, -1), addDays(date, 1))) this.#damagedDays.add(day)
    this.forgetShown()
  }

  shown(eventId: string, body: string): void {
    this.#previews.set(eventId, body)
  }

  /** Logs of finished days have changed: what was shown need not be what is sent. */
  forgetShown(): void {
    this.#previews.clear()
  }

  leaves(body: string): void {
    // Between the last look at the files and the request no time passes.
    const isNoNew = this.#noSince === this.#now().at
    if (!this.answers.has('yes') && !isNoNew) this.complain('an event leaves the machine without a yes')
    const event = read(body)
    if (!event) {
      this.complain('something that is no event leaves the machine')
      return
    }
    const { event_id, telemetry_id, timestamp, usage } = event
    const shown = this.#previews.get(event_id)
    if (shown !== undefined && shown !== body)
      this.complain('an event leaves that is not the one that was shown')
    const known = this.#acknowledged.get(event_id)
    if (known !== undefined && known !== body) this.complain('an event leaves a second time with other bytes')
    const day = timestamp.slice(0, 10)
    const ids = this.#idsOfDay.get(day) ?? new Set()
    this.#idsOfDay.set(day, ids.add(telemetry_id))
    if (ids.size > 1 && !this.clockMoved) this.complain('a day is sent under two ids')
    const yes = this.#firstYesOf.get(telemetry_id) ?? this.#firstYes
    this.#firstYesOf.set(telemetry_id, yes)
    const allowed = this.#sessions.filter(
      ({ day: of, began, isMisdated }) =>
        of === day && yes && (isMisdated || began.at >= yes.at || began.stamp >= yes.stamp),
    )
    if (usage.total_sessions > allowed.length && !this.#damagedDays.has(day))
      this.complain(
        `an event of ${day} tells of ${usage.total_sessions} sessions, and ${allowed.length} may be told of`,
      )
  }

  /** A request has not been broken off yet. */
  goesOn(): void {
    if (
      this.#noSince !== undefined &&
      !this.answers.has('yes') &&
      this.#now().at - this.#noSince > STOPS_WITHIN_MS
    )
      this.complain('a request goes on long after a no')
  }

  acknowledged(body: string): void {
    const event = read(body)
    if (event) this.#acknowledged.set(event.event_id, body)
  }

  /** Each event once, as it left the machine. */
  checkStored(bodies: readonly string[]): void {
    const keys = new Set<string>()
    for (const body of bodies) {
      const event = read(body)
      if (!event) {
        this.complain('the server has something that is no event')
        continue
      }
      const key = `${event.telemetry_id} ${event.timestamp}`
      if (keys.has(key)) this.complain('the server has a day of an id twice')
      keys.add(key)
      if (this.#acknowledged.get(event.event_id) !== body)
        this.complain('the server has other bytes than those that left the machine')
    }
  }

  /** Days of which nothing is stored, though a send has had its chance. @param days those that were due. */
  checkReported(days: readonly Day[], stored: readonly string[]): void {
    const dropped = [...this.#acknowledged.values()].filter((body) =>
      this.forgottenIds.has(read(body)?.telemetry_id ?? ''),
    )
    const has = new Set([...stored, ...dropped].map((body) => read(body)?.timestamp.slice(0, 10)))
    const since = this.#lastYes
    for (const day of days) {
      const isUsed = this.#sessions.some(
        ({ day: of, began }) => of === day && since && began.stamp >= since.stamp && began.at >= since.at,
      )
      if (isUsed && !this.#damagedDays.has(day) && !has.has(day))
        this.complain(`${day} is not stored, though it could be`)
    }
  }
}

function read(body: string): TelemetryEvent | undefined {
  try {
    const event = JSON.parse(body) as TelemetryEvent
    return encodeEvent(event) === body ? event : undefined
  } catch {
    return undefined
  }
}
