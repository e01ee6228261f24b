import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Host } from '../../host.ts'
import { type PageState, parseState, writeState } from '../../model/pageState.ts'

/** The state of the page, and how to change it. */
export interface Navigation {
  state: PageState
  /** Changes part of the state. The browser's back button undoes it. */
  go(change: Partial<PageState>): void
}

/** Keeps the state in the page's URL. */
export function useNavigation(host: Host): Navigation {
  const [state, setState] = useState(() => parseState(host.location.search))
  useEffect(() => host.onNavigate(() => setState(parseState(host.location.search))), [host])
  const go = (change: Partial<PageState>) => {
    const next = { ...state, ...change }
    host.history.pushState(null, '', writeState(next))
    setState(next)
  }
  return { state, go }
}

interface StateLinkProps {
  navigation: Navigation
  change: Partial<PageState>
  /** Whether the page is already in that state. */
  isCurrent?: boolean
  opensDialog?: boolean
  /** Shown beside the cursor, and read after its text. */
  title?: string
  /** Its name for those who can't see where it stands; it has its text in it. */
  label?: string
  children: ComponentChildren
}

/** A link to the page in another state. Like any link, it opens in a new tab with a modifier key. */
export function StateLink({
  navigation,
  change,
  isCurrent,
  opensDialog,
  title,
  label,
  children,
}: StateLinkProps) {
  return (
    <a
      href={writeState({ ...navigation.state, ...change })}
      aria-current={isCurrent ? 'true' : undefined}
      title={title}
      aria-label={label}
      aria-haspopup={opensDialog ? 'dialog' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        navigation.go(change)
      }}
    >
      {children}
    </a>
  )
}
