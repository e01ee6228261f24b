import type { ViewEntry } from '@voicemode-telemetry/protocol/wire/viewer'
import { formatDay } from '../../model/format.ts'
import { ExactBytes } from './exactBytes.tsx'
import { explainRefusal, OUTCOMES } from './words.ts'

/** The events that were sent or refused, or that wait. */
export function HistorySection({ entries }: { entries: ViewEntry[] }) {
  return (
    <section class="card" aria-labelledby="history">
      <h2 id="history">History</h2>
      {entries.length === 0 ? (
        <p>There is no history of sent events on this machine, and nothing is waiting to be sent.</p>
      ) : (
        <>
          <p class="note">Events that were sent or refused lately, and events waiting to be sent.</p>
          <ul class="history">
            {entries.map((entry) => (
              <li key={`${entry.outcome} ${entry.event_id}`}>
                <Entry entry={entry} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function Entry({ entry }: { entry: ViewEntry }) {
  const { day, event_id, outcome, on } = entry
  const name = day === 'unknown' ? 'Unknown day' : formatDay(day)
  return (
    <details>
      <summary>
        {name} <span class="part">{`${OUTCOMES[outcome]} ${formatDay(on)}`}</span>
      </summary>
      {outcome === 'rejected' && <p>{explainRefusal(entry)}</p>}
      <p class="note">
        Event <code>{event_id}</code>
      </p>
      <ExactBytes of={entry} label={`The event of ${name} in the history`} />
    </details>
  )
}
