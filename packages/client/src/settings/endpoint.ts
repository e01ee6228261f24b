const EVENTS_PATH = '/v1/events'
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

export type Endpoint = { ok: true; base: string; events: string } | { ok: false; expected: string }

/**
 * Where events go. The setting names the server, with or without `/v1/events`.
 *
 * @returns the addresses, or what was expected where the setting is missing, no URL, or neither https nor http to a
 *   loopback address.
 */
export function parseEndpoint(setting: string | undefined): Endpoint {
  const text = setting?.trim() ?? ''
  if (text === '')
    return { ok: false, expected: 'VOICEMODE_TELEMETRY_ENDPOINT is not set; nothing can be sent' }
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))
  if (!url || !isSafe || url.username !== '' || url.password !== '') {
    return {
      ok: false,
      expected: 'VOICEMODE_TELEMETRY_ENDPOINT must be an https address, or http to a loopback address',
    }
  }
  const path = url.pathname.replace(/\/+$/, '')
  const base = url.origin + (path.endsWith(EVENTS_PATH) ? path.slice(0, -EVENTS_PATH.length) : path)
  return { ok: true, base, events: base + EVENTS_PATH }
}
