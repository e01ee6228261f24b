import type { Day, TelemetryEvent } from '@voicemode-telemetry/protocol'
import type { Count, SegmentCount, SegmentSum } from '../counts/counts.ts'
import type { Segment } from '../counts/segments.ts'
import { Failed, type FailureKind, failureOf } from '../failure.ts'
import type { ClockStore } from './clockStore.ts'
import type { UnreadableRows } from './readable.ts'
import type { ReportStore } from './reportStore.ts'
import type { TestEventStore } from './testEventStore.ts'

/** For how many days after a deletion new events of that installation are dropped. An event waits in a queue for 7 days at most. */
export const TOMBSTONE_DAYS = 8

/**
 * What became of an event. `conflicting`: one of the same id is stored, and says something else. `forgotten`: its day is past the retention and was deleted, so nothing of it is taken any
 * more. `suppressed`: its installation had itself deleted less than {@link TOMBSTONE_DAYS} ago, and the event is dropped. Only
 * `stored` changed anything.
 */
export type Added =
  | { outcome: 'stored' }
  | { outcome: 'duplicate' }
  | { outcome: 'conflicting' }
  | { outcome: 'limited'; retryAfterSeconds: number }
  | { outcome: 'forgotten' }
  | { outcome: 'suppressed' }

/** What a person may ask for about an installation's data. */
export type RequestKind = 'export' | 'delete'

/** How many requests of one kind were answered on a day. */
export interface RequestCount {
  day: Day
  kind: RequestKind
  n: number
}

/** A day with raw events, as it was when it was asked for. `version` grows with every event stored on it. */
export interface DayVersion {
  day: Day
  version: number
}

/** Rows of a day that can't be read. */
export interface UnreadableEvents {
  day: Day
  n: number
}

/** All raw events, as they were when it was asked for. */
export interface ActivityVersion {
  /** Grows with every event stored and every deletion. */
  version: number
  /** The last day that was forgotten; undefined where none was. */
  lastForgotten: Day | undefined
}

/**
 * Keeps raw events until they are forgotten, and counts for good. Every method may be called at any time, from several
 * servers on one store, and rejects with {@link StoreUnavailable} and nothing changed when the store cannot do it now.
 */
export interface Store extends ReportStore, TestEventStore, ClockStore {
  /**
   * Takes an event. The promise resolves only after what it tells is safely on disk. An `event_id` is stored once,
   * however often and from wherever it comes at once. At most the set number of events of one `telemetry_id` is stored
   * in an hour, which begins with its first event; a duplicate does not count.
   */
  add(event: TelemetryEvent): Promise<Added>
  /**
   * The counts of the days from the first to the last, both included, in the order of day, field and value.
   *
   * @param of.segment which installations to count. Default: all.
   * @param of.field of this field alone; of every one where it is absent.
   */
  counts(from: Day, to: Day, of?: { segment?: Segment; field?: string }): Promise<Count[]>
  /**
   * How often a value of a field, or any where it is absent, was counted in each segment on the days from the first to the
   * last, both included, and how often `wholeOf` the field was; in no particular order. A segment with nothing but the whole
   * has a row too, whose number is 0.
   */
  segmentSums(from: Day, to: Day, of: { field: string; value?: string }): Promise<SegmentSum[]>
  /** The first day that can have counts: the one on which the store was made, or an earlier one of which an event came. */
  firstDay(): Promise<Day>
  /** Days with events that are not in the counts yet, oldest first. */
  daysToAggregate(): Promise<DayVersion[]>
  /** Days before that one which still have raw events, oldest first. */
  rawDaysBefore(day: Day): Promise<DayVersion[]>
  /** Rows that stand for no day and still have raw events. Nobody can tell when those would be due. */
  unreadableDays(): Promise<DayVersion[]>
  /**
   * The raw events of a day in the order of `telemetry_id`, read a page at a time: a day may be larger than memory.
   *
   * @param onUnreadable is called for each row that can't be read, which is passed over.
   */
  eventsOf(day: Day, onUnreadable?: () => void): AsyncIterable<TelemetryEvent>
  /** How many rows of events could not be read when their day was last counted; days without such a row are left out. */
  unreadableEvents(): Promise<UnreadableEvents[]>
  /** How many rows of the other tables can't be read, and so are passed over; tables without any are left out. */
  unreadableRows(): Promise<UnreadableRows[]>
  /**
   * Replaces a day's counts by counts made from its raw events after its version was read, and writes no row that stays
   * as it was. Nothing happens where this version or a newer one is already counted, or the day is forgotten: then the
   * answer is `outdated`.
   */
  writeCounts(of: DayVersion, counts: SegmentCount[]): Promise<'written' | 'outdated'>
  /**
   * What activity is to be counted of, see `countActivity`; undefined while the counts hold it already.
   */
  activityToAggregate(): Promise<ActivityVersion | undefined>
  /**
   * For each installation the days of its raw events, in any order, one for each event; read a page at a time. No id comes
   * with them.
   */
  activeDays(): AsyncIterable<Day[]>
  /**
   * Replaces the counts of activity from `firstCountableDay` on by those made after the version was read, and writes no
   * row that stays as it was. `outdated` and nothing done where this version or a newer one is already counted, or a
   * day was forgotten since.
   */
  writeActivity(of: ActivityVersion, counts: Count[]): Promise<'written' | 'outdated'>
  /**
   * Replaces a day's counts and deletes its raw events for good, both or neither. `outdated` and nothing done where an
   * event has come since the version was read, or the day is forgotten already.
   *
   * @param counts where they are absent, those that are there stay.
   */
  forget(of: DayVersion, counts?: SegmentCount[]): Promise<'written' | 'outdated'>
  /**
   * Every raw event of an installation that can be read, oldest first; none where it has none. Bounded: an installation has at most 24
   * events a day. The request is counted, see {@link requestsAnswered}.
   */
  exportInstallation(telemetryId: string): Promise<TelemetryEvent[]>
  /**
   * Deletes every raw event of an installation and all else that holds its id, all or nothing, and lets the counts of
   * its days be made anew; days that are forgotten keep their counts, which hold no id. For {@link TOMBSTONE_DAYS} its
   * events are `suppressed`, by a hash of its id. Does the same where it has no events. The request is counted.
   */
  deleteInstallation(telemetryId: string): Promise<void>
  /**
   * How many requests were answered on the days from the first to the last, both included, in
   * the order of day and kind. They are never forgotten and tell of no installation.
   */
  requestsAnswered(from: Day, to: Day): Promise<RequestCount[]>
  /** Drops the hashes of installations whose tombstone is no longer needed. @param now in milliseconds since 1970. */
  dropOldTombstones(now: number): Promise<void>
  /** When the first tombstone is no longer needed, in milliseconds since 1970; undefined where there is none. */
  firstTombstoneEnd(): Promise<number | undefined>
  /** Gets ready for the events of a day, so that the first of them waits for nobody. */
  prepareDay(day: Day): Promise<void>
  /** Drops what was kept only for limits whose hour is over. */
  dropStaleLimits(): Promise<void>
  /** Clears from the disk what was deleted, as far as nobody waits for that; the rest is left for the next time. */
  tidy(): Promise<void>
  /** Whether something that was deleted, or its table, is still in a file because something else uses it; it is tried again. */
  deletionWaits(): boolean
  /** Resolves if the store could take an event now. Cheap: it writes only if the last write failed. */
  check(): Promise<void>
  /** Finishes what was handed in before, then lets go of the store. Whatever comes later is rejected. */
  close(): Promise<void>
}

/** The store cannot do it now; asking again later may help. Its cause stays out of answers and logs. */
export class StoreUnavailable extends Failed {
  override name = 'StoreUnavailable'

  constructor(cause: unknown) {
    super(failureOf(cause), { cause })
  }
}

/** Failures that may be of what was to be stored, so that other rows may do. All others are of the database. */
const OF_WHAT_WAS_GIVEN: readonly FailureKind[] = ['refused-value', 'schema', 'over-a-limit', 'unknown']

/** Codes of a limit that fewer rows would not keep either, as of connections, memory or open files. */
const OF_THE_SYSTEM = /^(53|E|SQLITE_NOMEM)/

export function isOfWhatWasGiven(error: unknown): boolean {
  const { kind, code = '' } = failureOf(error)
  return OF_WHAT_WAS_GIVEN.includes(kind) && !OF_THE_SYSTEM.test(code)
}
