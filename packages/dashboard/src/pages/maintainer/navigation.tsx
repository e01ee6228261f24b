import type { ComponentChildren } from 'preact'
import { type PageState, writeState } from '../../model/address.ts'

/** Where the page stands, and how it goes on. */
export interface Navigation {
  state: PageState
  /** Changes some of the state, as a step that the browser's back takes back. */
  go(change: Partial<PageState>): void
}

interface StateLinkProps {
  navigation: Navigation
  change: Partial<PageState>
  /** Whether it leads to where the page already is. */
  isCurrent?: boolean
  opensDialog?: boolean
  children: ComponentChildren
}

/** A link to the page in another state; with a modifier key it opens apart, as links do. */
export function StateLink({ navigation, change, isCurrent, opensDialog, children }: StateLinkProps) {
  return (
    <a
      href={writeState({ ...navigation.state, ...change })}
      aria-current={isCurrent ? 'true' : undefined}
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
