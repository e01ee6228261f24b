import type { MiddlewareHandler } from 'hono'
import { getMimeType } from 'hono/utils/mime'
import { assetCaching } from '../http/assetCaching.ts'

/** The binding with the dashboard's files. */
export interface AssetsBinding {
  fetch(request: Request): Promise<Response>
}

/** Serves the dashboard's files. */
export function serveAssets(assets: AssetsBinding): MiddlewareHandler {
  return async (context, next) => {
    const answer = await assets.fetch(context.req.raw)
    if (answer.status === 404) return next()
    const { path } = context.req
    const type = getMimeType(path === '/' ? 'index.html' : path) ?? 'application/octet-stream'
    const headers = { 'content-type': type, 'cache-control': assetCaching(path) }
    return new Response(answer.body, { status: answer.status, headers })
  }
}
