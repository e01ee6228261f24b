import { fix, judgeUnreadable, ok, type Verdict } from './finding.ts'

const MS_PER_MINUTE = 60_000
/** Clocks that are further apart than this are not both right. */
const MAX_APART_MINUTES = 5

/** A server's answer to `GET /metrics`. */
export interface MetricsAnswer {
  /** Its metrics; undefined if they are not for whoever asks. */
  text: string | undefined
  /** Its header `Date`. */
  date: string | null
}

/** Judges a server's clock by what it says of it and by another machine's. @param now the other's, in milliseconds since 1970. */
export function judgeServerClock({ text, date }: MetricsAnswer, now: number): Verdict {
  if (text !== undefined && sampleOf(text, 'clock_believed') === 0) {
    return fix(
      'clock-not-believed: it has leapt, so nothing is deleted and no report is published. Set it right; if it is right, run ' +
        '`voicemode-telemetry-server clock believe` on its database, or let the server run for days',
    )
  }
  if (text !== undefined && sampleOf(text, 'clock_suspected') === 1) {
    return fix('most events are refused for their time (ahead-of-clock, past-retention): is its clock right?')
  }
  const apart = Math.round((Date.parse(date ?? '') - now) / MS_PER_MINUTE)
  if (Math.abs(apart) <= MAX_APART_MINUTES || Number.isNaN(apart)) return ok('as here, as far as it tells')
  const way = apart > 0 ? 'ahead of' : 'behind'
  return fix(`it is ${Math.abs(apart)} minutes ${way} this machine's: set the one right that is wrong`)
}

/** Judges whether proxies speak for others without being believed. */
export function judgeProxies(text: string): Verdict {
  const comeFrom = (from: string) => sampleOf(text, `untrusted_proxy_requests_total{from="${from}"}`)
  if (comeFrom('near')) {
    return fix(
      'proxy-not-trusted: requests come through a proxy, and all of its clients share one limit: name it with --trusted-proxy ' +
        '(TELEMETRY_TRUSTED_PROXY)',
    )
  }
  if (comeFrom('trusted')) {
    return fix(
      "client-not-named: a trusted proxy does not end X-Forwarded-For with the client's IP address, and all of its clients share " +
        'one limit: set it to add that',
    )
  }
  return ok('none that is near speaks for others without being trusted')
}

/** Judges whether what was deleted is gone from the disk. */
export function judgeDeletions(text: string): Verdict {
  if (sampleOf(text, 'deletion_waiting') !== 1) return ok('none waits for another program')
  return fix(
    'deleted rows or their tables are still on the disk because another program uses them, in a long transaction say, because a ' +
      'view is made of them, or because the database could not be asked: end that program, drop that view, and the server removes them',
  )
}

/** Judges what the server says of events that it could not take as they came. */
export function judgeServerEvents(text: string): Verdict {
  const unreadable = [
    ...text.matchAll(/^voicemode_telemetry_unreadable_events\{day="([\d-]{10})"\} (\d+)$/gm),
  ]
  const conflicting = sampleOf(text, 'events_total{outcome="conflicting"}')
  const found = conflicting
    ? `conflicting: ${conflicting} had the id of a stored event and other content, and were dropped. Two machines report under one id: \
somebody copied a home directory or an image with its secret. Whoever gives out images leaves out telemetry_* of ~/.voicemode`
    : 'none that it has counted had a known id and other content'
  if (unreadable.length === 0) return ok(found)
  const days = judgeUnreadable(unreadable.map(([, day = '', n]) => ({ day, n: Number(n) })))
  return conflicting ? fix(`${days.found}; ${found}`) : days
}

function sampleOf(text: string, sample: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`voicemode_telemetry_${sample} `))
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}
