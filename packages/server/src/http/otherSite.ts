import type { Refusal } from './problem.ts'

/** Why what a page elsewhere sends is not taken; undefined for a page of ours, and for what is no browser. */
export function refuseOtherSite(request: Request): Refusal | undefined {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' ? undefined : { kind: 'other-site' }
  const origin = request.headers.get('origin')
  if (origin === null) return undefined
  return URL.canParse(origin) && new URL(origin).host === hostOf(request) ? undefined : { kind: 'other-site' }
}

/** The host name, and port, by which a request reached this server. */
export function hostOf(request: Request): string {
  return request.headers.get('host') ?? new URL(request.url).host
}
