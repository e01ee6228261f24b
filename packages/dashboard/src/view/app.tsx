import { type Day, fieldAt } from '@voicemode-telemetry/protocol'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { chartOf, type DailyCounts, formatCount, formatDay, formatShare } from '../charts.ts'
import { ChartFigure } from '../plots.tsx'
import type { Bytes, ViewData, ViewDay, ViewEntry } from './data.ts'
import { type Loaded, loadView } from './load.ts'
import { countsOf, meanSuccess, OWN_CHARTS, ownCounts, successOf, sumOf, wordsOf } from './own.ts'
import { PublicReportSection } from './reportSection.tsx'
import { CONSENT, explain, OUTCOMES, reasonOf, STATES } from './words.ts'

type Fetch = typeof globalThis.fetch

export function App({ fetch }: { fetch: Fetch }) {
  const [loaded, setLoaded] = useState<Loaded<ViewData>>()
  useEffect(() => {
    loadView(fetch).then(setLoaded)
  }, [fetch])
  return (
    <>
      <header>
        <div>
          <h1>Your VoiceMode telemetry</h1>
          <p class="days">
            {loaded?.outcome === 'loaded'
              ? `${formatDay(loaded.value.from)} – ${formatDay(loaded.value.today)}, days in UTC; today is not over`
              : 'Read from the logs on this machine'}
          </p>
        </div>
      </header>
      <main class="view" aria-busy={!loaded}>
        <p class="unseen" role="status">
          {loaded ? '' : 'Reading your logs.'}
        </p>
        <Content loaded={loaded} fetch={fetch} />
      </main>
      <footer>
        <p>
          This machine serves this page, to the browser that opened its address and to nobody else. It writes
          nothing, and sends nothing but the two requests for the public report, if you ask for that. It ends
          with Ctrl-C in its terminal, or half an hour after the last request.
        </p>
      </footer>
    </>
  )
}

function Content({ loaded, fetch }: { loaded: Loaded<ViewData> | undefined; fetch: Fetch }) {
  if (!loaded) {
    return (
      <div class="message" aria-hidden="true">
        <p>Reading your logs …</p>
      </div>
    )
  }
  if (loaded.outcome === 'failed') {
    return (
      <div class="message" role="alert">
        <h2>Your logs could not be read</h2>
        <p>{loaded.why}</p>
      </div>
    )
  }
  const view = loaded.value
  const own = ownCounts(view)
  return (
    <>
      <ConsentSection view={view} />
      <UseSection view={view} own={own} />
      <DaysSection view={view} />
      <HistorySection entries={view.history} />
      <PublicReportSection own={own} status={view.status} fetch={fetch} />
    </>
  )
}

function ConsentSection({ view: { status } }: { view: ViewData }) {
  const { state, reason, added_to_notice, endpoint_host, endpoint_problem } = status
  return (
    <section class="card" aria-labelledby="consent">
      <h2 id="consent">{CONSENT[state]}</h2>
      <p>
        Why: {reason}.{' '}
        {endpoint_host ? (
          <>
            Events go to <code>{endpoint_host}</code>.
          </>
        ) : (
          `${endpoint_problem}.`
        )}
      </p>
      {added_to_notice.length > 0 && (
        <ul>
          {added_to_notice.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <dl class="commands">
        {state !== 'granted' && <CommandRow what="Say yes, after reading the notice" command="enable" />}
        {state !== 'denied' && (
          <CommandRow
            what={state === 'granted' ? 'Take the yes back' : 'Say no for good'}
            command="disable"
          />
        )}
        <CommandRow what="What decides, and what comes next" command="status" />
      </dl>
    </section>
  )
}

function CommandRow({ what, command }: { what: string; command: string }) {
  return (
    <div>
      <dt>{what}</dt>
      <dd>
        <code>voicemode-telemetry {command}</code>
      </dd>
    </div>
  )
}

function UseSection({ view, own }: { view: ViewData; own: DailyCounts }) {
  const usedDays = view.days.filter(({ body }) => body !== null).length
  if (usedDays === 0) {
    return (
      <section class="card" aria-labelledby="use">
        <h2 id="use">No use on these days</h2>
        <p>
          {view.log_files === 0 ? (
            <>
              There are no VoiceMode logs of these days here. Has it been used on this machine?{' '}
              <code>VOICEMODE_BASE_DIR</code> names another folder.
            </>
          ) : (
            'There are logs, but no session and no operation on these days that would be counted.'
          )}
          {view.status.state === 'granted' && ' Only what came after your yes is counted.'}
        </p>
        <Skipped view={view} />
      </section>
    )
  }
  const sessions = sumOf(own, 'usage.total_sessions')
  const success = meanSuccess(view.days)
  return (
    <section aria-labelledby="use">
      <h2 id="use">Your use by day</h2>
      <Skipped view={view} />
      <dl class="headlines">
        <Headline
          label="Days with use"
          value={formatCount(usedDays)}
          note={`of ${formatCount(view.days.length)}, today among them`}
        />
        <Headline
          label="Sessions"
          value={formatCount(sessions)}
          note={`${formatCount(sessions / usedDays)} on a day with use`}
        />
        <Headline
          label="Operations"
          value={formatCount(sumOf(own, 'usage.total_operations'))}
          note="how often VoiceMode was called, or spoke and listened"
        />
        <Headline
          label="Succeeded"
          value={formatShare(success === undefined ? undefined : success / 100)}
          note="of the operations"
        />
      </dl>
      <div class="charts">
        {OWN_CHARTS.map((spec) => (
          <ChartFigure key={spec.field} chart={chartOf(own, spec)} />
        ))}
        <WordTable
          own={own}
          field="usage.failed_steps"
          purpose="Over all days: the step at which a call failed."
          columns={['Step', 'Failed calls']}
        />
        {sumOf(own, 'usage.error_types') > 0 && (
          <WordTable
            own={own}
            field="usage.error_types"
            purpose="Over all days; their texts stay in your logs."
            columns={['Kind', 'Errors']}
          />
        )}
      </div>
    </section>
  )
}

function Skipped({ view: { skipped_lines } }: { view: ViewData }) {
  if (skipped_lines === 0) return null
  return <p class="note">Log lines that could not be used and were skipped: {formatCount(skipped_lines)}.</p>
}

function Headline({ label, value, note }: { label: string; value: string; note: string }) {
  return (
    <div class="card">
      <dt>{label}</dt>
      <dd class="value">{value}</dd>
      <dd class="note">{note}</dd>
    </div>
  )
}

interface WordTableProps {
  own: DailyCounts
  /** A path of the contract, of a map. */
  field: string
  purpose: string
  columns: [word: string, count: string]
}

/** How often each word of a field was counted over all days. */
function WordTable({ own, field, purpose, columns }: WordTableProps) {
  const titleId = useId()
  const words = wordsOf(own, field)
  return (
    <figure class="card share words" aria-labelledby={titleId}>
      <figcaption>
        <h2 id={titleId}>{fieldAt(field).label}</h2>
        <p class="purpose">{purpose}</p>
      </figcaption>
      {words.length === 0 ? (
        <p>None.</p>
      ) : (
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th scope="col" key={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {words.map(({ word, n }) => (
              <tr key={word}>
                <th scope="row">{word}</th>
                <td>{formatCount(n)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </figure>
  )
}

/** The days, and beside them the exact bytes of the one that is chosen. */
function DaysSection({ view: { days } }: { view: ViewData }) {
  const newestFirst = days.toReversed()
  const [chosen, setChosen] = useState<Day>()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (chosen) heading.current?.focus()
  }, [chosen])
  const shown = newestFirst.find(({ day }) => day === chosen) ?? newestUsed(newestFirst)
  return (
    <section aria-labelledby="days">
      <h2 id="days">What is sent</h2>
      <p class="note">
        Choose a day to see its exact bytes, as they are on the wire and as preview shows them.
      </p>
      <div class="sideBySide">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section class="card scroll dayList" tabIndex={0} aria-label="Days">
          <table>
            <thead>
              <tr>
                <th scope="col">Day (UTC)</th>
                <th scope="col">Sessions</th>
                <th scope="col">Operations</th>
                <th scope="col">Succeeded</th>
                <th scope="col" class="state">
                  State
                </th>
              </tr>
            </thead>
            <tbody>
              {newestFirst.map((day) => (
                <DayRow key={day.day} day={day} isShown={day === shown} choose={() => setChosen(day.day)} />
              ))}
            </tbody>
          </table>
        </section>
        {shown && (
          <section class="card bytes" aria-labelledby="shownDay">
            <h3 id="shownDay" ref={heading} tabIndex={-1}>
              {formatDay(shown.day)}: {STATES[shown.state].toLowerCase()}
            </h3>
            <p>{explain(shown)}</p>
            <ExactBytes of={shown} label={`The event of ${formatDay(shown.day)}`} />
            {shown.body !== null && (
              <p class="note">
                The same on the command line: <code>voicemode-telemetry preview --day {shown.day}</code>
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

function DayRow({ day, isShown, choose }: { day: ViewDay; isShown: boolean; choose: () => void }) {
  const countOf = (field: string) => countsOf(day).find((count) => count.field === field)?.n
  const success = successOf(day)
  const say = (n: number | undefined) => (n === undefined ? '–' : formatCount(n))
  return (
    <tr class={isShown ? 'shown' : ''}>
      <th scope="row">
        <button type="button" class="link" aria-pressed={isShown} onClick={choose}>
          {formatDay(day.day)}
        </button>
      </th>
      <td>{say(countOf('usage.total_sessions'))}</td>
      <td>{say(countOf('usage.total_operations'))}</td>
      <td>{formatShare(success === undefined ? undefined : success / 100)}</td>
      <td class="state">
        {STATES[day.state]}
        {day.unfinished && <span class="part">not over</span>}
      </td>
    </tr>
  )
}

function ExactBytes({ of: { body, bytes, sha256 }, label }: { of: Bytes; label: string }) {
  if (body === null) return null
  return (
    <>
      <p class="note">
        {formatCount(bytes ?? 0)} bytes, SHA-256 <code class="hash">{sha256}</code>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scroll exact" tabIndex={0} aria-label={label}>
        <pre>{body}</pre>
      </section>
    </>
  )
}

function HistorySection({ entries }: { entries: ViewEntry[] }) {
  return (
    <section class="card" aria-labelledby="history">
      <h2 id="history">History</h2>
      {entries.length === 0 ? (
        <p>Nothing has been sent from this machine, and nothing waits.</p>
      ) : (
        <>
          <p class="note">
            What was sent in the last 90 days, what was refused in the last 30, and what waits.
          </p>
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
  const name = day === 'unknown' ? 'An unreadable day' : formatDay(day)
  return (
    <details>
      <summary>
        {name} <span class="part">{`${OUTCOMES[outcome]} ${formatDay(on)}`}</span>
      </summary>
      {outcome === 'rejected' && <p>{reasonOf(entry)}</p>}
      <p class="note">
        Event <code>{event_id}</code>
      </p>
      <ExactBytes of={entry} label={`The event of ${name} in the history`} />
    </details>
  )
}
