import type { Day } from '@voicemode-telemetry/protocol'
import type { SegmentCount } from '../counts/counts.ts'
import type { Host } from '../host.ts'
import type { Batch, Row } from './driver.ts'
import { hexOf } from './hex.ts'
import { type Statement, sql } from './statement.ts'

/** A count is up to 150 bytes of JSON, and D1 takes a text of 2 MB. */
const COUNTS_PER_STATEMENT = 10_000
const REVISION_BYTES = 16

/** A row of the table of counts. */
type StoredCount = SegmentCount & { day: Day }

/** How a batch makes sure that nobody else replaces the same counts. */
export interface Claim {
  /** Its first statement, which puts the new revision where the one that was read is; has a row if it could. */
  take: Statement
  /** The condition, for each other statement, that it could. */
  holds: Statement
  /** What to do besides. */
  also?: Statement[]
}

interface Replacement {
  /** Reads the row that is claimed. */
  state: Statement
  /** Reads the counts that are to be replaced. */
  present: Statement
  /** Where they are absent, those that are present stay. */
  wanted: StoredCount[] | undefined
  /** How to claim what was found, under a new revision; undefined where that is outdated. */
  claim: (found: Row, revision: string) => Claim | undefined
}

export type ReplaceCounts = (of: Replacement) => Promise<'written' | 'outdated'>

/**
 * Makes the function that brings counts to what is wanted by writing what differs. What it differs from has to be what is
 * there when it is written, so a claim comes first in the batch, on the revision that was read; where another one came
 * between, all is read again.
 */
export function createReplaceCounts(batch: Batch, randomBytes: Host['randomBytes']): ReplaceCounts {
  return async ({ state, present, wanted, claim }) => {
    while (true) {
      const [[found] = [], before = []] = await batch(state, present)
      const claimed = found && claim(found, hexOf(randomBytes(REVISION_BYTES)))
      if (!claimed) return 'outdated'
      const changes = wanted ? changeStatements(before.map(readStoredCount), wanted, claimed.holds) : []
      const [taken] = await batch(claimed.take, ...changes, ...(claimed.also ?? []))
      if (taken?.length) return 'written'
    }
  }
}

/** Statements that turn the stored counts into the wanted ones, if a condition holds. */
function changeStatements(
  present: readonly StoredCount[],
  wanted: readonly StoredCount[],
  holds: Statement,
): Statement[] {
  const keyOf = ({ segment, day, field, value }: StoredCount) => `${segment} ${day} ${field} ${value}`
  const before = new Map(present.map((count) => [keyOf(count), count.n]))
  const after = new Set(wanted.map(keyOf))
  const gone = present.filter((count) => !after.has(keyOf(count)))
  const changed = wanted.filter((count) => before.get(keyOf(count)) !== count.n)
  return [
    ...inGroups(gone).map(
      (group) => sql`DELETE FROM counts WHERE (segment, day, field, value) IN
        (SELECT given.value ->> 0, given.value ->> 1, given.value ->> 2, given.value ->> 3 FROM ${givenCounts(group)})
        AND ${holds}`,
    ),
    ...inGroups(changed).map(
      (group) => sql`INSERT INTO counts (segment, day, field, value, n)
        SELECT given.value ->> 0, given.value ->> 1, given.value ->> 2, given.value ->> 3, CAST(given.value ->> 4 AS BIGINT)
        FROM ${givenCounts(group)} WHERE ${holds}
        ON CONFLICT (segment, day, field, value) DO UPDATE SET n = excluded.n`,
    ),
  ]
}

/** Counts as the rows of a table named `given`. Every engine makes rows of an object's properties alike. */
function givenCounts(counts: readonly StoredCount[]): Statement {
  const rows = counts.map(({ segment, day, field, value, n }) => [segment, day, field, value, n])
  return sql`json_each(${JSON.stringify({ ...rows })}) AS given`
}

function inGroups(counts: readonly StoredCount[]): StoredCount[][] {
  return Array.from({ length: Math.ceil(counts.length / COUNTS_PER_STATEMENT) }, (_, n) =>
    counts.slice(n * COUNTS_PER_STATEMENT, (n + 1) * COUNTS_PER_STATEMENT),
  )
}

function readStoredCount(row: Row): StoredCount {
  return {
    segment: String(row.segment),
    day: String(row.day),
    field: String(row.field),
    value: String(row.value),
    n: Number(row.n),
  }
}
