import { addDays, type Day, FIELDS } from '@voicemode-telemetry/protocol'
import { type Anonymity, anonymityOf } from './anonymity.ts'
import { type Linkage, linkageOf } from './linkage.ts'
import { type Report, reportsOf } from './population.ts'

/** A working day on which people use VoiceMode 8.10 to 8.12. */
const DAY: Day = '2026-11-18'
const LINKED_DAYS = 7

/** What one day's events of a population tell about who sent them. */
export interface DayMeasure {
  size: number
  /** Installations that were used on the day. */
  reporting: number
  environment: Anonymity
  usage: Anonymity
  both: Anonymity
  /** By a field's path. */
  fields: Map<string, Anonymity>
}

/** @param size how many installations there are; about half of them are used on a day. */
export function measureDay(seed: number, size: number): DayMeasure {
  const reports: Report[] = []
  for (let index = 0; index < size; index++) reports.push(...reportsOf(seed, index, DAY, DAY))
  const of = (shown: (report: Report) => unknown) =>
    anonymityOf(reports.map((report) => JSON.stringify(shown(report)) ?? ''))
  return {
    size,
    reporting: reports.length,
    environment: of(({ environment }) => environment),
    usage: of(({ usage }) => usage),
    both: of(({ environment, usage }) => ({ environment, usage })),
    fields: new Map(
      FIELDS.map(({ path }) => path.split('.'))
        .filter((path) => path.length === 2)
        .map(([group = '', name = '']) => [
          `${group}.${name}`,
          of((report) => (report[group as keyof Report] as Record<string, unknown>)[name]),
        ]),
    ),
  }
}

/** How well an id that was changed after a week hides its installation in the week after. */
export function measureLinkage(seed: number, size: number): Linkage {
  const changed = addDays(DAY, -LINKED_DAYS)
  const reports = Array.from({ length: size }, (_, index) =>
    reportsOf(seed, index, addDays(changed, -LINKED_DAYS), addDays(changed, LINKED_DAYS - 1)),
  )
  return linkageOf(
    reports.map((own) => own.filter(({ day }) => day < changed)),
    reports.map((own) => own.filter(({ day }) => day >= changed)),
  )
}
