import { render } from 'preact'
import { App } from './app.tsx'
import { createHost } from './host.ts'

const place = document.getElementById('app')
if (place) render(<App host={createHost()} />, place)
