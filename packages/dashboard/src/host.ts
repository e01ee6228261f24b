import type { Theme } from './model/address.ts'

/** What the page needs of its browser. */
export interface Host {
  now(): number
  fetch: typeof globalThis.fetch
  location: Location
  history: History
  /** Calls back when the person goes back or forward; returns how to stop that. */
  onNavigate(listener: () => void): () => void
  /** Calls back about once a minute while the page is seen, and when it comes to be seen; returns how to stop that. */
  onFreshen(listener: () => void): () => void
  /** Shows the page in light or in dark, or as the system has it. */
  showTheme(theme: Theme): void
}

const FRESHEN_MS = 60_000

/** The browser's own. */
export function createHost(): Host {
  return {
    now: () => Date.now(),
    fetch: (input, init) => fetch(input, init),
    location,
    history,
    onNavigate(listener) {
      addEventListener('popstate', listener)
      return () => removeEventListener('popstate', listener)
    },
    onFreshen(listener) {
      const isSeen = () => document.visibilityState === 'visible'
      let timer: ReturnType<typeof setInterval> | undefined
      const start = () => {
        clearInterval(timer)
        timer = isSeen() ? setInterval(listener, FRESHEN_MS) : undefined
      }
      const onChange = () => {
        start()
        if (isSeen()) listener()
      }
      start()
      document.addEventListener('visibilitychange', onChange)
      return () => {
        clearInterval(timer)
        document.removeEventListener('visibilitychange', onChange)
      }
    },
    showTheme(theme) {
      document.documentElement.dataset.theme = theme
    },
  }
}
