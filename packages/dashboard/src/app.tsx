import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import {
  type Choice,
  type DayRange,
  dailyUrl,
  daysOf,
  FILTER_FIELDS,
  isWordOf,
  lastWholeDay,
  type PageState,
  parseState,
  WHO_FIELDS,
  writeState,
} from './address.ts'
import { fileName, type Numbers, type PageChart, pageChartOf, SECTIONS, sectionCharts } from './catalogue.ts'
import { cohortDays, retentionOf } from './cohorts.ts'
import { Controls, formatRange, ThemeSelect } from './controls.tsx'
import { formatTime } from './format.ts'
import { type Headline, headlinesOf } from './headlines.ts'
import { HeatMap } from './heatMap.tsx'
import type { Host } from './host.ts'
import { type Loaded, loadNumbers } from './load.ts'
import { type Navigation, StateLink } from './navigation.tsx'
import type { Download } from './numbersTable.tsx'
import { ChartFigure } from './plots.tsx'
import { Who } from './who.tsx'

export function App({ host }: { host: Host }) {
  const navigation = useNavigation(host)
  const { state } = navigation
  const [freshened, setFreshened] = useState(0)
  const days = daysOf(state, host.now())
  const { loaded, isLoading, news, again } = useNumbers(host, state, days, freshened)

  useEffect(() => host.onFreshen(() => setFreshened((times) => times + 1)), [host])
  useLayoutEffect(() => host.showTheme(state.theme), [host, state.theme])

  const numbers = loaded?.outcome === 'loaded' ? loaded.value : undefined
  return (
    <>
      <header>
        <div class="top">
          <h1>VoiceMode telemetry</h1>
          <ThemeSelect {...navigation} />
          {loaded?.outcome === 'loaded' && loaded.canSignOut && <SignOut />}
        </div>
        <Controls
          navigation={navigation}
          days={days}
          lastDay={lastWholeDay(host.now())}
          everyone={numbers?.everyone}
        />
        <p class="days">
          {formatRange(days)}, whole days in UTC. {state.filter && <Filtered navigation={navigation} />}{' '}
          {news.text}
        </p>
      </header>
      <main aria-busy={isLoading}>
        <p class="unseen" role="status">
          {isLoading ? 'Loading the numbers.' : news.spoken}
        </p>
        <Content
          loaded={loaded}
          navigation={navigation}
          days={days}
          lastWhole={lastWholeDay(host.now())}
          serverUrl={host.location.origin}
          again={again}
        />
      </main>
      {state.who && numbers && (
        <Who host={host} navigation={navigation} who={state.who} days={days} freshened={freshened} />
      )}
      <footer>
        <p>
          An installation reports a day once it is over, and up to 7 days late; the newest days still grow.
          Only people who said yes are counted.
        </p>
      </footer>
    </>
  )
}

function useNavigation(host: Host): Navigation {
  const [state, setState] = useState(() => parseState(host.location.search))
  useEffect(() => host.onNavigate(() => setState(parseState(host.location.search))), [host])
  const go = (change: Partial<PageState>) => {
    const next = { ...state, ...change }
    host.history.pushState(null, '', writeState(next))
    setState(next)
  }
  return { state, go }
}

/** The numbers of a state. Those that are there stay until newer ones have come; only a change of state is waited for. */
function useNumbers(host: Host, state: PageState, days: DayRange, freshened: number) {
  const { filter, compares } = state
  const [attempt, setAttempt] = useState(1)
  const [answer, setAnswer] = useState<{ asked: string; loaded: Loaded<Numbers> }>()
  const [news, setNews] = useState({ text: '', spoken: '' })
  const asked = JSON.stringify([days, filter, compares, attempt])
  const isLoading = answer?.asked !== asked

  useEffect(() => {
    const abort = new AbortController()
    loadNumbers(host.fetch, { days, filter, compares }, abort.signal).then((loaded) => {
      if (abort.signal.aborted) return
      const at = `${formatTime(host.now())} UTC`
      if (!isLoading && loaded.outcome === 'failed') {
        setNews((old) => ({ ...old, text: `The server could not be asked again at ${at}.` }))
        return
      }
      const isNew = isLoading || textOf(loaded) !== textOf(answer.loaded)
      setNews({ text: `As of ${at}.`, spoken: isNew && !isLoading ? `New numbers at ${at}.` : '' })
      if (isNew) setAnswer({ asked, loaded })
    })
    return () => abort.abort()
  }, [host, asked, freshened])

  return { loaded: answer?.loaded, isLoading, news, again: () => setAttempt(attempt + 1) }
}

function textOf(loaded: Loaded<Numbers>): string {
  return loaded.outcome === 'loaded' ? loaded.text : loaded.outcome
}

function SignOut() {
  return (
    <form method="post" action="/sign-out">
      <button type="submit">Sign out</button>
    </form>
  )
}

function Filtered({ navigation }: { navigation: Navigation }) {
  const { filter } = navigation.state
  if (!filter) return null
  return (
    <>
      <strong>Only {filter.value}.</strong>{' '}
      <StateLink navigation={navigation} change={{ filter: undefined }}>
        Show everyone’s
      </StateLink>
      .
    </>
  )
}

interface ContentProps {
  loaded: Loaded<Numbers> | undefined
  navigation: Navigation
  days: DayRange
  lastWhole: string
  serverUrl: string
  again: () => void
}

function Content({ loaded, serverUrl, again, ...rest }: ContentProps) {
  if (!loaded) {
    return (
      <div class="message" aria-hidden="true">
        <p>Loading the numbers …</p>
      </div>
    )
  }
  switch (loaded.outcome) {
    case 'loaded':
      return loaded.value.everyone.counts.length > 0 ? (
        <Charts numbers={loaded.value} {...rest} />
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
          <p>
            <a href="/sign-in">Sign in</a>
          </p>
        </div>
      )
    case 'failed':
      return (
        <div class="message" role="alert">
          <h2>The numbers could not be loaded</h2>
          <p>{loaded.reason}</p>
          <button type="button" onClick={again}>
            Try again
          </button>
        </div>
      )
    default:
      return loaded satisfies never
  }
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

const OF_EVERYONE = 'Everyone’s: this can’t be filtered.'

interface ChartsProps {
  numbers: Numbers
  navigation: Navigation
  days: DayRange
  lastWhole: string
}

function Charts({ numbers, navigation, days, lastWhole }: ChartsProps) {
  const { show, filter } = navigation.state
  const retention = useMemo(
    () => retentionOf(numbers.cohorts.counts, numbers.cohorts, lastWhole),
    [numbers, lastWhole],
  )
  return (
    <>
      <Headlines headlines={headlinesOf({ ...numbers, retention })} />
      {SECTIONS.map((section, n) => (
        <section class="charts thirds" aria-label={section.title} key={section.title}>
          <h2>
            {section.title} {section.hint && <span class="unit hint">{section.hint}</span>}
          </h2>
          {sectionCharts(section, numbers.everyone).map((chart) => (
            <PageFigure
              key={`${chart.spec.field} ${chart.spec.as}`}
              numbers={numbers}
              chart={chart}
              navigation={navigation}
              days={days}
            />
          ))}
          {n === 0 && (
            <HeatMap
              retention={retention}
              show={show}
              notes={filter ? [OF_EVERYONE] : []}
              downloads={[downloadOf('installations.cohort', cohortDays(days), undefined)]}
            />
          )}
        </section>
      ))}
    </>
  )
}

function Headlines({ headlines }: { headlines: readonly Headline[] }) {
  return (
    <dl class="headlines">
      {headlines.map(({ label, value, note, everyone, isOfEveryone, before }) => (
        <div class="card" key={label}>
          <dt>{label}</dt>
          <dd class="value">{value}</dd>
          {everyone !== undefined && <dd class="beside">everyone {everyone}</dd>}
          {isOfEveryone && <dd class="beside">everyone’s, not filtered</dd>}
          {before !== undefined && <dd class="beside">before {before}</dd>}
          <dd class="note">{note}</dd>
        </div>
      ))}
    </dl>
  )
}

interface PageFigureProps {
  numbers: Numbers
  chart: PageChart
  navigation: Navigation
  days: DayRange
}

function PageFigure({ numbers, chart, navigation, days }: PageFigureProps) {
  const { show, filter } = navigation.state
  const { fields, isOfEveryone, note, isWide = false } = chart
  const { field } = chart.spec
  const made = useMemo(() => pageChartOf(numbers, chart, show), [numbers, chart, show])
  const canFilter = FILTER_FIELDS.includes(field)
  const canAskWho = WHO_FIELDS.includes(field)
  const links = (canFilter || canAskWho) && {
    linkWord: (value: string, children: ComponentChildren) =>
      !isWordOf(field, value) ? (
        children
      ) : (
        <StateLink
          navigation={navigation}
          change={canFilter ? { filter: { field, value } } : { who: { field, value } }}
          opensDialog={canAskWho}
        >
          {children}
        </StateLink>
      ),
  }
  return (
    <ChartFigure
      chart={made}
      heading="h3"
      isWide={isWide}
      notes={[...(note ? [note] : []), ...(filter && isOfEveryone ? [OF_EVERYONE] : [])]}
      downloads={fields.map((of) => downloadOf(of, days, isOfEveryone ? undefined : filter))}
      {...links}
    />
  )
}

function downloadOf(field: string, days: DayRange, filter: Choice | undefined): Download {
  const name = filter ? `${field}-${filter.value}` : field
  return {
    field,
    csv: { href: dailyUrl(days, { field, filter, format: 'csv' }), name: fileName(name, days, 'csv') },
    json: { href: dailyUrl(days, { field, filter }), name: fileName(name, days, 'json') },
  }
}
