import { isChartValue } from '@voicemode-telemetry/protocol/wire/charts'
import type { LinkValue } from '../../components/legend.tsx'
import { BREAKDOWN_FIELDS, FILTER_FIELDS } from '../../model/pageState.ts'
import { type Navigation, StateLink } from './navigation.tsx'

/** A name that is a link opens its breakdown; the page is filtered only by a link that says so, beside the name. */
export function linkValueOf(field: string, navigation: Navigation): LinkValue {
  const opensBreakdown = BREAKDOWN_FIELDS.includes(field)
  if (!opensBreakdown && !FILTER_FIELDS.includes(field)) return (_, name) => name
  return (value, name) => {
    if (!isChartValue({ field, value })) return name
    if (opensBreakdown) {
      return (
        <StateLink navigation={navigation} change={{ breakdown: { field, value } }} opensDialog>
          {name}
        </StateLink>
      )
    }
    return (
      <span class="filterable">
        {name}{' '}
        <StateLink
          navigation={navigation}
          change={{ filter: { field, value }, breakdown: undefined }}
          label={`Show only ${value}`}
        >
          only
        </StateLink>
      </span>
    )
  }
}
