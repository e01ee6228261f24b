import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import type { Host } from '../../host.ts'
import { lastWholeDay } from '../../model/days.ts'
import { formatRange } from '../../model/format.ts'
import { daysOf, rangeProblemIn } from '../../model/pageState.ts'
import { Breakdown } from './breakdown.tsx'
import { Content } from './content.tsx'
import { Controls, ThemeSelect } from './controls.tsx'
import { useNavigation } from './navigation.tsx'
import { TestArrival } from './testArrival.tsx'
import { Unknown } from './unknown.tsx'
import { useNumbers } from './useNumbers.ts'

const NAME = 'VoiceMode telemetry'

/** The maintainers' page. */
export function App({ host }: { host: Host }) {
  const navigation = useNavigation(host)
  const { state } = navigation
  const [refreshes, setRefreshes] = useState(0)
  const lastDay = lastWholeDay(host.now())
  const days = daysOf(state, lastDay)
  const { loaded, isLoading, news, retry } = useNumbers(host, state, days, refreshes)

  useEffect(() => host.onRefresh(() => setRefreshes((times) => times + 1)), [host])
  useLayoutEffect(() => host.showTheme(state.theme), [host, state.theme])
  const title = [state.filter?.value, formatRange(days), NAME].filter(Boolean).join(' · ')
  useLayoutEffect(() => host.showTitle(title), [host, title])
  const problem = rangeProblemIn(host.location.search)

  const numbers = loaded?.outcome === 'loaded' ? loaded.value : undefined
  const isEmpty = numbers?.all.daily.counts.length === 0
  const arrival = <TestArrival host={host} refreshes={refreshes} />
  return (
    <>
      <header>
        <div class="top">
          <h1>{NAME}</h1>
          <ThemeSelect {...navigation} />
          {loaded?.outcome === 'loaded' && loaded.canSignOut && (
            <form method="post" action="/sign-out">
              <button type="submit">Sign out</button>
            </form>
          )}
        </div>
      </header>
      <Controls navigation={navigation} days={days} lastDay={lastDay} numbers={numbers} />
      <main aria-busy={isLoading}>
        <div class="below">
          {problem && (
            <p role="alert">
              <strong>{problem}</strong> Shown instead: {formatRange(days)}.
            </p>
          )}
          <p class="days">
            {formatRange(days)}, whole days in UTC. {news.text}
          </p>
          {numbers && <Unknown numbers={numbers} filter={state.filter} />}
          {numbers && !isEmpty && <div class="days">{arrival}</div>}
        </div>
        <p class="unseen" role="status">
          {isLoading ? 'Loading the numbers.' : news.spoken}
        </p>
        <Content
          loaded={loaded}
          navigation={navigation}
          days={days}
          lastDay={lastDay}
          location={host.location}
          arrival={arrival}
          retry={retry}
        />
      </main>
      {state.breakdown && numbers && (
        <Breakdown
          host={host}
          navigation={navigation}
          of={state.breakdown}
          days={days}
          numbers={numbers}
          refreshes={refreshes}
        />
      )}
      <footer>
        <p>
          <a href="/report">The public weekly report</a> · <a href="/transparency">Transparency</a> ·{' '}
          <a href="/privacy">Privacy</a>
        </p>
      </footer>
    </>
  )
}
