import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import type { MiddlewareHandler } from 'hono'
import { assetCaching } from '../http/assetCaching.ts'

/** Where the built dashboard may be: beside the built server, or in the repository. */
const PLACES = ['./dashboard', '../../../dashboard/dist'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>VoiceMode Telemetry</title>
<p>The dashboard is not built yet: <code>npm run build</code> makes it.</p>
</html>
`

/** Serves the files of the built dashboard; where it is not built, a page that says so. */
export function serveDashboard(): MiddlewareHandler {
  const root = PLACES.find((place) => existsSync(join(place, 'index.html')))
  if (root === undefined) {
    return async (context, next) => (context.req.path === '/' ? context.html(NOT_BUILT) : next())
  }
  const serveFile = serveStatic({
    root,
    onFound: (_path, context) => {
      // When a file was unpacked says nothing of what it holds.
      context.header('last-modified', undefined)
      context.header('cache-control', assetCaching(context.req.path))
    },
  })
  return (context, next) => {
    // The few files are sent whole, as HTTP allows: Hono answers with a part also where none can be made out.
    context.req.raw.headers.delete('range')
    return serveFile(context, next)
  }
}
