const EVENTS_PATH = '/v1/events'
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

export type Endpoint = { ok: true; base: string; events: string } | { ok: false; expected: string }

/**
 * The URLs that events are sent to. The setting names the server, with or without `/v1/events`.
 *
 * @returns the URLs. If the setting is missing, is not a URL, or is neither https nor http to this machine: what is wrong with it, as
 *   a sentence without its period.
 */
export function parseEndpoint(setting: string | undefined): Endpoint {
  const text = setting?.trim() ?? ''
  if (text === '')
    return { ok: false, expected: 'VOICEMODE_TELEMETRY_ENDPOINT is not set, so nothing can be sent' }
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))
  if (!url || !isSafe || url.username !== '' || url.password !== '') {
    return {
      ok: false,
      expected:
        'VOICEMODE_TELEMETRY_ENDPOINT must be an https URL, or an http URL of this machine such as http://127.0.0.1:8787',
    }
  }
  const path = url.pathname.replace(/\/+$/, '')
  const base = url.origin + (path.endsWith(EVENTS_PATH) ? path.slice(0, -EVENTS_PATH.length) : path)
  return { ok: true, base, events: base + EVENTS_PATH }
}
