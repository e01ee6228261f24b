import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import type { MiddlewareHandler } from 'hono'
import { assetCaching } from '../http/assetCaching.ts'

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>VoiceMode Telemetry</title>
<p>The dashboard is not built yet: <code>npm run build</code> makes it.</p>
</html>
`

/** Where the built dashboard is: beside the built server, or in the repository. */
export function findDashboard(): string {
  const places = ['./dashboard', '../../../dashboard/dist'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  return (
    places.find((place) => existsSync(join(place, 'index.html'))) ?? join(...(places.slice(-1) as [string]))
  )
}

/** Serves the dashboard's files from a folder. */
export function serveDashboard(folder: string): MiddlewareHandler {
  if (!existsSync(join(folder, 'index.html'))) {
    return async (context, next) => (context.req.path === '/' ? context.html(NOT_BUILT) : next())
  }
  return serveStatic({
    root: folder,
    onFound: (_path, context) => {
      // When a file was unpacked says nothing of what it holds.
      context.header('last-modified', undefined)
      context.header('cache-control', assetCaching(context.req.path))
    },
  })
}

/** This server's version, from the package.json beside the built server or above its sources. */
export function ownVersion(): string {
  const places = ['./package.json', '../../package.json'].map((path) => new URL(path, import.meta.url))
  const [manifest] = places.filter((place) => existsSync(place))
  return manifest ? JSON.parse(readFileSync(manifest, 'utf8')).version : 'unknown'
}
