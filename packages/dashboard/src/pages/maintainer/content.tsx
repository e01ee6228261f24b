import type { Day } from '@voicemode-telemetry/protocol'
import type { DayRange } from '@voicemode-telemetry/protocol/wire/charts'
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
  retry: () => void
}

/** The charts, or why there are none. */
export function Content({ loaded, location, retry, ...rest }: ContentProps) {
  if (!loaded) return <Waiting text="Loading the numbers" />
  switch (loaded.outcome) {
    case 'loaded':
      return loaded.value.all.daily.counts.length > 0 ? (
        <Charts numbers={loaded.value} {...rest} />
      ) : (
        <Empty serverUrl={location.origin} isYoung={loaded.value.since > rest.lastDay} />
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
}

function Empty({ serverUrl, isYoung }: EmptyProps) {
  return (
    <div class="message">
      <h2>{isYoung ? 'No events yet' : 'No events on these days'}</h2>
      <p>
        For an installation to report here, its user sets this server as the endpoint in{' '}
        <code>~/.voicemode/voicemode.env</code> and opts in:
      </p>
      <pre>
        <code>
          {`VOICEMODE_TELEMETRY_ENDPOINT=${serverUrl}\n`}
          voicemode-telemetry enable
        </code>
      </pre>
      <p>
        Its first day appears here after that day ends. To see at once that events arrive, its user runs{' '}
        <code>voicemode-telemetry send --test</code>: this page then says when the test event came.
      </p>
    </div>
  )
}
