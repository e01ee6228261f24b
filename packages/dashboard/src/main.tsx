import { render } from 'preact'
import { App, type Host } from './app.tsx'

const host: Host = {
  now: () => Date.now(),
  fetch: (input, init) => fetch(input, init),
  location,
  history,
  onNavigate(listener) {
    addEventListener('popstate', listener)
    return () => removeEventListener('popstate', listener)
  },
}

const place = document.getElementById('app')
if (place) render(<App host={host} />, place)
