import { PROBLEM_TYPES } from '@voicemode-telemetry/protocol/wire/problemKinds'
import { problemIn, type Refusal } from '../queue/refusal.ts'

/** How much of an answer is read, in characters. */
const MAX_ANSWER = 16_384

/** Reads the beginning of an answer and leaves the rest. @param max in characters. */
export async function readAnswer(response: Response, max = MAX_ANSWER): Promise<string> {
  const decoder = new TextDecoder()
  let answer = ''
  for await (const chunk of response.body ?? []) {
    answer += decoder.decode(chunk as Uint8Array, { stream: true })
    if (answer.length > max) break
  }
  return answer.slice(0, max)
}

/** How a person is told of an answer that is not the server's word. Redirects are not followed, for they may lead to a sign-in page. */
export function describeStranger({ status }: Response): string {
  return status >= 300 && status < 400
    ? `what answered there redirects to somewhere else (${status}), which is not followed: sign in to this network, or ask whoever runs the server for its new address`
    : `something other than a telemetry server answered (${status})`
}

/** The server's refusal; undefined where the answer isn't its word: proxies, sign-in pages and other servers refuse for other reasons. */
export function refusalFrom({ status, headers }: Response, answer: string): Refusal | undefined {
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json')
  if (status < 400 || !isProblem) return undefined
  const problem = problemIn(answer)
  return problem.type?.startsWith(PROBLEM_TYPES) ? { status, ...problem } : undefined
}
