import type { DayRange } from '@voicemode-telemetry/protocol/wire/charts'
import { useId } from 'preact/hooks'
import { segmentsUrl } from '../../api/counts.ts'
import { idOf } from '../../charts/chart.ts'
import { FAILURES_TITLE } from '../../charts/headlines.ts'
import { Downloads } from '../../components/downloads.tsx'
import { About } from '../../components/notes.tsx'
import type { Failures } from '../../model/numbers.ts'
import { BreakdownTables } from './breakdownTables.tsx'
import type { Navigation } from './navigation.tsx'

const FIELD = 'usage.failed_steps'

interface FailureRatesProps {
  failures: Failures
  navigation: Navigation
  days: DayRange
}

/** The share of calls that failed in each version, assistant, system and so on. */
export function FailureRates({ failures, navigation, days }: FailureRatesProps) {
  const titleId = useId()
  return (
    <section id={idOf(FAILURES_TITLE)} class="card rates" aria-labelledby={titleId}>
      <div class="caption">
        <h3 id={titleId}>
          {FAILURES_TITLE} <span class="unit">share of calls that failed</span>
        </h3>
        <About
          title={FAILURES_TITLE}
          notes={[
            'Shows where VoiceMode fails more often than elsewhere, and whether a release raised it.',
            'A share of few calls says little: rows with less than 1 % of all calls are grey. A bar with a gap near its end is cut off.',
          ]}
        />
        {navigation.state.filter && <p class="purpose">The filter does not apply to these tables.</p>}
      </div>
      <BreakdownTables field={FIELD} {...failures} navigation={navigation} />
      <Downloads
        downloads={[
          {
            label: FIELD,
            name: `${FIELD}-by-segment`,
            days,
            csv: segmentsUrl(days, { field: FIELD }, 'csv'),
            json: segmentsUrl(days, { field: FIELD }),
          },
        ]}
      />
    </section>
  )
}
