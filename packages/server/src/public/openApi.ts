import type { Hono } from 'hono'
import openApi from './openApi.json' with { type: 'json' }

/** Adds the description of this interface for programs, which `npm run derive` writes. */
export function addOpenApi(app: Hono): void {
  app.get('/openapi.json', (context) => {
    context.header('cache-control', 'public, max-age=3600')
    return context.json(openApi)
  })
}
