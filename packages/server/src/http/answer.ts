/** An answer, before whatever carries it writes it. */
export interface Answer {
  status: number
  headers: Readonly<Record<string, string>>
  /** Null where there is none. */
  body: string | null
}

export const JSON_HEADERS: Answer['headers'] = { 'content-type': 'application/json' }

export function answerJson(value: unknown): Answer {
  return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(value) }
}

export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers })
}
