export type Fetch = typeof globalThis.fetch

/** The result of a request. `reason` is a sentence for the reader of the page. */
export type Loaded<Value> =
  | { outcome: 'loaded'; value: Value; canSignOut: boolean }
  | { outcome: 'signin' }
  | { outcome: 'failed'; reason: string }

/**
 * Gets something from the page's own server. It never throws: a failure is an outcome.
 *
 * @param read makes a value of the answer's text; undefined if that is something else.
 */
export async function load<Value>(
  fetch: Fetch,
  url: string,
  read: (text: string) => Value | undefined,
  signal: AbortSignal | null = null,
): Promise<Loaded<Value>> {
  try {
    const answer = await fetch(url, { signal })
    if (answer.status === 401) return { outcome: 'signin' }
    if (!answer.ok) return { outcome: 'failed', reason: `The server answered with status ${answer.status}.` }
    const canSignOut = /rel="sign-out"/.test(answer.headers.get('link') ?? '')
    const value = read(await answer.text())
    if (value === undefined)
      return { outcome: 'failed', reason: 'The answer is not from a telemetry server.' }
    return { outcome: 'loaded', value, canSignOut }
  } catch {
    return { outcome: 'failed', reason: 'The server did not answer, or its answer was incomplete.' }
  }
}
