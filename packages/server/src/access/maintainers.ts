import type { Context, Hono, MiddlewareHandler } from 'hono'
import { composeProblem, type Refusal } from '../http/problem.ts'
import { authorizeMaintainer, type MaintainerOptions } from './access.ts'
import { queryOf, SIGN_IN_PATH, SIGN_OUT_PATH } from './signIn.ts'

/** Lets maintainers through; everyone else gets the refusal as a problem. */
export function letMaintainersIn(options: MaintainerOptions): MiddlewareHandler {
  return guard(options, (_context, refusal) => composeProblem(refusal))
}

/** Adds the dashboard, for maintainers. @param dashboard answers `/` and `/assets/*` with its files, where there are any. */
export function addDashboard(
  app: Hono,
  dashboard: MiddlewareHandler | undefined,
  options: MaintainerOptions,
): void {
  if (!dashboard) return
  const orSignIn = guard(options, (context, refusal) => {
    if (refusal.kind !== 'not-signed-in') return composeProblem(refusal)
    context.header('cache-control', 'no-store')
    return context.redirect(SIGN_IN_PATH + queryOf(context), 303)
  })
  app.get('/', orSignIn, dashboard)
  app.get('/assets/*', letMaintainersIn(options), dashboard)
}

function guard(
  options: MaintainerOptions,
  turnAway: (context: Context, refusal: Refusal) => Response,
): MiddlewareHandler {
  return async (context, next) => {
    const refusal = await authorizeMaintainer(context, options)
    if (refusal) return turnAway(context, refusal)
    await next()
    // Where there is a way in, the dashboard shows the way out.
    if (options.access.by === 'token') context.res.headers.set('link', `<${SIGN_OUT_PATH}>; rel="sign-out"`)
    return undefined
  }
}
