import type { Hono } from 'hono'
import { PAGE_STYLE, PAGE_STYLE_PATH } from './pages.ts'
import { composeProblem } from './problem.ts'

/** What an answer tells browsers unless it is stricter itself. */
export const SECURITY_HEADERS = {
  // Plot draws with style elements of its own; nothing else may be inline.
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

/** Adds what holds for every route: security headers, the pages' style, and what a path or method that is not there gets. */
export function addDefaults(app: Hono): void {
  app.use(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value)
    }
  })
  app.get(PAGE_STYLE_PATH, (context) => {
    context.header('cache-control', 'public, max-age=3600')
    return context.body(PAGE_STYLE, 200, { 'content-type': 'text/css; charset=utf-8' })
  })
  app.notFound((context) => {
    const allow = methodsAt(app, context.req.path)
    if (allow.length === 0 || allow.includes(context.req.method)) return composeProblem({ kind: 'not-found' })
    return composeProblem({ kind: 'method-not-allowed', allow: allow.join(', ') })
  })
}

/** The methods that a path takes, whatever the request's own. */
function methodsAt(app: Hono, path: string): string[] {
  const taken = ['GET', 'POST'].filter((method) => {
    const [matches] = app.router.match(method, path)
    return matches.some(([[, route]]) => route.method === method)
  })
  return taken.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}
