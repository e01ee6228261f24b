import { render } from 'preact'
import { createHost } from '../../host.ts'
import { App } from './app.tsx'

const host = createHost()
render(<App host={host} />, host.root)
