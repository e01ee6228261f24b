import type { ViewData } from '@voicemode-telemetry/protocol/wire/viewer'
import { useEffect, useState } from 'preact/hooks'
import type { Fetch } from '../../api/load.ts'
import { Message, Waiting } from '../../components/message.tsx'
import { formatRange } from '../../model/format.ts'
import { ownCounts } from '../../model/ownCounts.ts'
import { ConsentSection } from './consentSection.tsx'
import { DaysSection } from './daysSection.tsx'
import { HistorySection } from './historySection.tsx'
import { loadView, NO_ANSWER } from './loadView.ts'
import { QuestionSection } from './questionSection.tsx'
import { PublicReportSection } from './reportSection.tsx'
import { UseSection } from './useSection.tsx'

/** The page of the local viewer. */
export function App({ fetch }: { fetch: Fetch }) {
  const [view, setView] = useState<ViewData | 'loading' | undefined>('loading')
  const isLoading = view === 'loading'
  useEffect(() => {
    loadView(fetch).then(setView)
  }, [fetch])
  return (
    <>
      <header>
        <div>
          <h1>Your VoiceMode telemetry</h1>
          <p class="days">
            {view && !isLoading
              ? `${formatRange({ from: view.from, to: view.today })} in UTC, including today so far`
              : 'Read from the logs on this machine'}
          </p>
        </div>
      </header>
      <main class="view" aria-busy={isLoading}>
        <p class="unseen" role="status">
          {isLoading ? 'Reading your logs.' : ''}
        </p>
        {isLoading ? (
          <Waiting text="Reading your logs" />
        ) : view ? (
          <Sections view={view} fetch={fetch} />
        ) : (
          <Message title="Your logs could not be read">
            <p>{NO_ANSWER}</p>
          </Message>
        )}
      </main>
      <footer>
        <p>
          This page comes from your own machine, and only the browser that opened it first can see it.{' '}
          {view && !isLoading && view.question ? ASKS : SHOWS}
        </p>
      </footer>
    </>
  )
}

const SENDS = 'It sends nothing but the two requests for the public report, if you ask for it.'
const SHOWS = `It changes nothing. ${SENDS} It stops when you press Ctrl-C in its terminal, or half an hour after the last request.`
const ASKS = `It records your answer and changes nothing else. ${SENDS} It stops after your answer, or ten minutes after the last request.`

function Sections({ view, fetch }: { view: ViewData; fetch: Fetch }) {
  const own = ownCounts(view)
  return (
    <>
      {view.question ? (
        <QuestionSection question={view.question} added={view.status.added_to_notice} fetch={fetch} />
      ) : (
        <ConsentSection status={view.status} />
      )}
      <UseSection view={view} own={own} />
      <DaysSection days={view.days} />
      <HistorySection entries={view.history} />
      <PublicReportSection own={own} endpoint={view.status.endpoint_host} fetch={fetch} />
    </>
  )
}
