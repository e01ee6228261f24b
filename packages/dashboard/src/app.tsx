import { useEffect, useState } from 'preact/hooks'
import {
  CHARTS,
  chartOf,
  type DailyCounts,
  formatDay,
  headlinesOf,
  lastDays,
  RANGES_DAYS,
  type RangeDays,
  rangeIn,
} from './charts.ts'
import { type Loaded, loadDaily } from './load.ts'
import { ChartFigure } from './plots.tsx'

/** What the page needs of its browser. */
export interface Host {
  now(): number
  fetch: typeof globalThis.fetch
  location: Location
  history: History
  /** Calls back when the person goes back or forward; returns how to stop that. */
  onNavigate(listener: () => void): () => void
}

export function App({ host }: { host: Host }) {
  const [rangeDays, setRangeDays] = useState(() => rangeIn(host.location.search))
  const [loaded, setLoaded] = useState<Loaded>()
  const [isLoading, setIsLoading] = useState(true)
  const [attempt, setAttempt] = useState(1)
  const days = lastDays(rangeDays, host.now())

  useEffect(() => host.onNavigate(() => setRangeDays(rangeIn(host.location.search))), [host])

  useEffect(() => {
    const abort = new AbortController()
    setIsLoading(true)
    loadDaily(host.fetch, days, abort.signal).then((answer) => {
      if (abort.signal.aborted) return
      setLoaded(answer)
      setIsLoading(false)
    })
    return () => abort.abort()
  }, [host, days.from, days.to, attempt])

  const choose = (chosen: RangeDays) => {
    host.history.pushState(null, '', `?range=${chosen}`)
    setRangeDays(chosen)
  }

  return (
    <>
      <header>
        <div>
          <h1>VoiceMode telemetry</h1>
          <p class="days">
            {formatDay(days.from)} – {formatDay(days.to)}, whole days in UTC
          </p>
        </div>
        <RangeControl chosen={rangeDays} choose={choose} />
      </header>
      <main aria-busy={isLoading}>
        <p class="unseen" role="status">
          {isLoading ? 'Loading the numbers.' : ''}
        </p>
        <Content loaded={loaded} serverUrl={host.location.origin} again={() => setAttempt(attempt + 1)} />
      </main>
      <footer>
        <p>
          An installation reports a day once it is over, and up to 7 days late; the newest days still grow.
          Only people who said yes are counted.
        </p>
      </footer>
    </>
  )
}

function RangeControl({ chosen, choose }: { chosen: RangeDays; choose: (days: RangeDays) => void }) {
  return (
    <nav class="ranges" aria-label="Range">
      {RANGES_DAYS.map((days) => (
        <a
          key={days}
          href={`?range=${days}`}
          aria-current={days === chosen ? 'true' : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
            event.preventDefault()
            choose(days)
          }}
        >
          {days} days
        </a>
      ))}
    </nav>
  )
}

function Content({
  loaded,
  serverUrl,
  again,
}: {
  loaded: Loaded | undefined
  serverUrl: string
  again: () => void
}) {
  if (!loaded) {
    return (
      <div class="message" aria-hidden="true">
        <p>Loading the numbers …</p>
      </div>
    )
  }
  switch (loaded.outcome) {
    case 'loaded':
      return loaded.daily.counts.length > 0 ? (
        <Charts daily={loaded.daily} />
      ) : (
        <Empty serverUrl={serverUrl} />
      )
    case 'signin':
      return (
        <div class="message" role="alert">
          <h2>A token is needed</h2>
          <p>
            This server shows its numbers to maintainers only, and asks for the token that its operator set as{' '}
            <code>TELEMETRY_ADMIN_TOKEN</code>.
          </p>
          <TryAgain again={again} />
        </div>
      )
    case 'failed':
      return (
        <div class="message" role="alert">
          <h2>The numbers could not be loaded</h2>
          <p>{loaded.reason}</p>
          <TryAgain again={again} />
        </div>
      )
    default:
      return loaded satisfies never
  }
}

function TryAgain({ again }: { again: () => void }) {
  return (
    <button type="button" onClick={again}>
      Try again
    </button>
  )
}

function Empty({ serverUrl }: { serverUrl: string }) {
  return (
    <div class="message">
      <h2>No events yet</h2>
      <p>
        No installation reported on these days. For one to report here, its user sets this server as the
        endpoint in <code>~/.voicemode/voicemode.env</code> and says yes:
      </p>
      <pre>
        <code>
          {`VOICEMODE_TELEMETRY_ENDPOINT=${serverUrl}\n`}
          voicemode-telemetry enable
        </code>
      </pre>
      <p>Its first day shows here when that day is over.</p>
    </div>
  )
}

function Charts({ daily }: { daily: DailyCounts }) {
  return (
    <>
      <dl class="headlines">
        {headlinesOf(daily).map(({ label, value, note }) => (
          <div class="card" key={label}>
            <dt>{label}</dt>
            <dd class="value">{value}</dd>
            <dd class="note">{note}</dd>
          </div>
        ))}
      </dl>
      <div class="charts">
        {CHARTS.map((spec) => (
          <ChartFigure key={spec.field} chart={chartOf(daily, spec)} />
        ))}
      </div>
    </>
  )
}
