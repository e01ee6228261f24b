import { render } from 'preact'
import { createHost } from '../../host.ts'
import { App } from './app.tsx'

const place = document.getElementById('app')
if (place) render(<App host={createHost()} />, place)
