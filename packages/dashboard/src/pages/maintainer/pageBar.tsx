import type { DayRange } from '@voicemode-telemetry/protocol/wire/charts'
import { formatRange } from '../../model/format.ts'
import type { PageState } from '../../model/pageState.ts'
import { type Navigation, StateLink } from './navigation.tsx'

interface PageBarProps {
  navigation: Navigation
  days: DayRange
  /** Whether there are numbers to compare with, if it is chosen. */
  isCompared: boolean
  /** The text and the id of each section. */
  sections: readonly { title: string; id: string }[]
}

/** What the page shows, and links to its sections. On a wide page it stays in sight. */
export function PageBar({ navigation, days, isCompared, sections }: PageBarProps) {
  const { filter, compare } = navigation.state
  return (
    <div class="pageBar">
      <p>
        <span class="range">{formatRange(days)}</span>
        {filter && (
          <Choice
            navigation={navigation}
            change={{ filter: undefined }}
            text={`Only ${filter.value}`}
            undo="show all"
          />
        )}
        {compare && (
          <Choice
            navigation={navigation}
            change={{ compare: undefined }}
            text={isCompared ? comparison(filter, compare) : 'Not all of the previous period is known'}
            undo="stop comparing"
          />
        )}
      </p>
      <nav class="sections" aria-label="Sections">
        {sections.map(({ title, id }) => (
          <a key={id} href={`#${id}`}>
            {title}
          </a>
        ))}
      </nav>
    </div>
  )
}

/** What is compared with what. All installations include those of the version that they are compared with. */
function comparison(filter: PageState['filter'], compare: NonNullable<PageState['compare']>): string {
  if (compare === 'previous') return 'Compared with the previous period'
  return filter
    ? `Compared with ${compare.value}`
    : `All, ${compare.value} included, against ${compare.value}`
}

interface ChoiceProps {
  navigation: Navigation
  change: Partial<PageState>
  /** What the link does, for those who can't see the cross. */
  undo: string
  text: string
}

function Choice({ navigation, change, undo, text }: ChoiceProps) {
  return (
    <StateLink navigation={navigation} change={change} label={`${text} ✕, ${undo}`}>
      {text} ✕
    </StateLink>
  )
}
