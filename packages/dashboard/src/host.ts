import type { Theme } from './model/pageState.ts'

/** What a page needs from its browser. */
export interface Host {
  /** The element to render the page into. */
  root: HTMLElement
  now(): number
  fetch: typeof globalThis.fetch
  location: Location
  history: History
  /** Calls back when the reader goes back or forward. Returns a function that stops it. */
  onNavigate(listener: () => void): () => void
  /** Calls back once a minute while the page is visible, and when it becomes visible. Returns a function that stops it. */
  onRefresh(listener: () => void): () => void
  /** Names the page in its tab and in the browser's history. */
  showTitle(title: string): void
  /** Shows the page in light or dark, or as the system is set. */
  showTheme(theme: Theme): void
}

const REFRESH_MS = 60_000

/** The real browser. */
export function createHost(): Host {
  return {
    root: document.getElementById('app') ?? document.body,
    now: () => Date.now(),
    fetch: (input, init) => fetch(input, init),
    location,
    history,
    onNavigate(listener) {
      addEventListener('popstate', listener)
      return () => removeEventListener('popstate', listener)
    },
    onRefresh(listener) {
      const isVisible = () => document.visibilityState === 'visible'
      let timer: ReturnType<typeof setInterval> | undefined
      const start = () => {
        clearInterval(timer)
        timer = isVisible() ? setInterval(listener, REFRESH_MS) : undefined
      }
      const onChange = () => {
        start()
        if (isVisible()) listener()
      }
      start()
      document.addEventListener('visibilitychange', onChange)
      return () => {
        clearInterval(timer)
        document.removeEventListener('visibilitychange', onChange)
      }
    },
    showTitle(title) {
      document.title = title
    },
    showTheme(theme) {
      document.documentElement.dataset.theme = theme
    },
  }
}
