import type { Env } from '../host.ts'
import { isExempt } from './noProxy.ts'

/** How a request leaves this machine. `unusable proxy`: a variable names a proxy that can't be used. */
export type Route =
  | { way: 'direct' }
  | { way: 'proxy'; variable: string; proxy: URL }
  | { way: 'unusable proxy'; variable: string }

/** The nearest first. Some programs read only the one spelling, so people set either. */
const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] as const
/** Scheme, user with password, and host with port. The last @ ends the password, so a path has none. */
const PROXY =
  /^(?:(https?):\/\/)?(?:([^/?#]*)@)?((?:\[[\da-f:.]+\]|[^\s/?#@:"'\\]+)(?::\d+)?)(?:[/?#][^@]*)?$/i

/** What a variable must contain to be usable, for a sentence. */
export const EXPECTED_PROXY =
  'must name an HTTP proxy, as host:port or http://host:port (percent-encode / ? # in a password)'

/**
 * The route to an endpoint, read from the variables as curl reads them: an empty variable counts as none, and a proxy without a scheme
 * is an HTTP one. An http endpoint is on this machine, and needs no proxy.
 */
export function routeTo(env: Env, endpoint: string): Route {
  const url = new URL(endpoint)
  const variable = VARIABLES.find((name) => settingOf(env, name) !== '')
  if (variable === undefined || url.protocol === 'http:') return { way: 'direct' }
  if (isExempt(url, settingOf(env, 'no_proxy') || settingOf(env, 'NO_PROXY'))) return { way: 'direct' }
  const proxy = parseProxy(settingOf(env, variable))
  return proxy ? { way: 'proxy', variable, proxy } : { way: 'unusable proxy', variable }
}

/** A proxy without user and password, to be shown and remembered; undefined where there is none. */
export function shownProxy(route: Route): string | undefined {
  return route.way === 'proxy' ? `${route.proxy.protocol}//${route.proxy.host}` : undefined
}

function settingOf(env: Env, name: string): string {
  return env[name]?.trim() ?? ''
}

function parseProxy(text: string): URL | undefined {
  const [written, scheme = 'http', login = '', host] = PROXY.exec(text) ?? []
  if (written === undefined) return undefined
  // In a URL, a backslash would end the host.
  const url = `${scheme}://${login.replaceAll('\\', '%5C')}@${host}`
  return URL.canParse(url) ? new URL(url) : undefined
}
