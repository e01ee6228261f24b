import type { Day } from '@voicemode-telemetry/protocol'
import type { ViewDay } from '@voicemode-telemetry/protocol/wire/viewer'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ScrollRegion } from '../../components/scrollRegion.tsx'
import { formatCount, formatDay, formatShare } from '../../model/format.ts'
import { countsOf, successRateOf } from '../../model/ownCounts.ts'
import { ExactBytes } from './exactBytes.tsx'
import { explainDay, STATES } from './words.ts'

/** The list of days, and the event of the selected day. */
export function DaysSection({ days }: { days: ViewDay[] }) {
  const newestFirst = days.toReversed()
  const [selected, setSelected] = useState<Day>()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (selected) heading.current?.focus()
  }, [selected])
  const shown = newestFirst.find(({ day }) => day === selected) ?? newestUsed(newestFirst)
  return (
    <section aria-labelledby="days">
      <h2 id="days">What is sent</h2>
      <p class="note">Select a day to see its event exactly as it is sent.</p>
      <div class="sideBySide">
        <ScrollRegion class="card dayList" label="Days">
          <table>
            <thead>
              <tr>
                <th scope="col">Day (UTC)</th>
                <th scope="col">Sessions</th>
                <th scope="col">Operations</th>
                <th scope="col">Success rate</th>
                <th scope="col" class="state">
                  State
                </th>
              </tr>
            </thead>
            <tbody>
              {newestFirst.map((day) => (
                <DayRow key={day.day} day={day} isShown={day === shown} select={() => setSelected(day.day)} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
        {shown && (
          <section class="card bytes" aria-labelledby="shownDay">
            <h3 id="shownDay" ref={heading} tabIndex={-1}>
              {formatDay(shown.day)}: {STATES[shown.state].toLowerCase()}
            </h3>
            <p>{explainDay(shown)}</p>
            <ExactBytes of={shown} label={`The event of ${formatDay(shown.day)}`} />
            {shown.body !== null && (
              <p class="note">
                The same in a terminal: <code>voicemode-telemetry preview --day {shown.day}</code>
              </p>
            )}
          </section>
        )}
      </div>
    </section>
  )
}

function newestUsed(newestFirst: ViewDay[]): ViewDay | undefined {
  return newestFirst.find(({ body, unfinished }) => body !== null && !unfinished) ?? newestFirst[0]
}

function DayRow({ day, isShown, select }: { day: ViewDay; isShown: boolean; select: () => void }) {
  const counts = countsOf(day)
  const countOf = (field: string) => formatCount(counts.find((count) => count.field === field)?.n)
  return (
    <tr class={isShown ? 'shown' : ''}>
      <th scope="row">
        <button type="button" class="link" aria-pressed={isShown} onClick={select}>
          {formatDay(day.day)}
        </button>
      </th>
      <td>{countOf('usage.total_sessions')}</td>
      <td>{countOf('usage.total_operations')}</td>
      <td>{formatShare(successRateOf([day]))}</td>
      <td class="state">
        {STATES[day.state]}
        {day.unfinished && <span class="part">in progress</span>}
      </td>
    </tr>
  )
}
