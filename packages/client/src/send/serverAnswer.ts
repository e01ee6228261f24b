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
