import type { Day } from '@voicemode-telemetry/protocol'
import type { DayRange } from '@voicemode-telemetry/protocol/wire/charts'
import type { ComponentChildren } from 'preact'
import type { Loaded } from '../../api/load.ts'
import { Message, Waiting } from '../../components/message.tsx'
import type { Numbers } from '../../model/numbers.ts'
import { Charts } from './charts.tsx'
import type { Navigation } from './navigation.tsx'

interface ContentProps {
  loaded: Loaded<Numbers> | undefined
  navigation: Navigation
  days: DayRange
  /** The last day that is over. */
  lastDay: Day
  location: Location
  /** What is said about the last test event. */
  arrival: ComponentChildren
  retry: () => void
}

/** The charts, or why there are none. */
export function Content({ loaded, location, arrival, retry, ...rest }: ContentProps) {
  if (!loaded) return <Waiting text="Loading the numbers" />
  switch (loaded.outcome) {
    case 'loaded':
      return loaded.value.all.daily.counts.length > 0 ? (
        <Charts numbers={loaded.value} {...rest} />
      ) : (
        <Empty serverUrl={location.origin} isYoung={loaded.value.since > rest.lastDay} arrival={arrival} />
      )
    case 'signin':
      return (
        <Message title="Sign in to see the numbers">
          <p>
            Only maintainers can see them. The token is the one that the server’s operator set as{' '}
            <code>TELEMETRY_ADMIN_TOKEN</code>.
          </p>
          <p>
            <a href={`/sign-in${location.search}`}>Sign in</a>
          </p>
        </Message>
      )
    case 'failed':
      return (
        <Message title="The numbers could not be loaded">
          <p>{loaded.reason}</p>
          <button type="button" onClick={retry}>
            Try again
          </button>
        </Message>
      )
    default:
      return loaded satisfies never
  }
}

interface EmptyProps {
  serverUrl: string
  /** Whether no day is over since the server was set up. */
  isYoung: boolean
  arrival: ComponentChildren
}

function Empty({ serverUrl, isYoung, arrival }: EmptyProps) {
  return (
    <div class="message">
      <h2>{isYoung ? 'No real events yet' : 'No events on these days'}</h2>
      {arrival}
      <p>
        An installation reports here after its user has done two things. First, a line in{' '}
        <code>~/.voicemode/voicemode.env</code> names this server:
      </p>
      <pre>
        <code>VOICEMODE_TELEMETRY_ENDPOINT={serverUrl}</code>
      </pre>
      <p>Then they opt in at a terminal. This command also works in a clone of the project:</p>
      <pre>
        <code>npx voicemode-telemetry enable</code>
      </pre>
      <p>
        Their first day appears here after that day ends. To see at once that events arrive, they send a test
        event, and this card says when it came:
      </p>
      <pre>
        <code>npx voicemode-telemetry send --test</code>
      </pre>
    </div>
  )
}
