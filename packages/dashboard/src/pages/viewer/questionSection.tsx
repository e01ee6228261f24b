import type { Press, ViewQuestion } from '@voicemode-telemetry/protocol/wire/viewer'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Fetch } from '../../api/load.ts'
import { ScrollRegion } from '../../components/scrollRegion.tsx'
import { sendPress } from './loadView.ts'

interface QuestionSectionProps {
  question: ViewQuestion
  /** What was added to the notice since a yes, in words. */
  added: string[]
  fetch: Fetch
}

const BUTTONS: [Press, string][] = [
  ['yes', 'Yes'],
  ['no', 'No'],
  ['not now', 'Not now'],
]

/** Asks the reader for consent. After an answer it shows what was recorded. */
export function QuestionSection({ question, added, fetch }: QuestionSectionProps) {
  const [result, setResult] = useState<string>()
  const [isSending, setIsSending] = useState(false)
  const [hasFailed, setHasFailed] = useState(false)
  const told = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    if (result) told.current?.focus()
  }, [result])
  const press = async (which: Press) => {
    if (isSending) return
    setIsSending(true)
    const answer = await sendPress(fetch, which)
    setIsSending(false)
    setHasFailed(answer === undefined)
    setResult(answer?.message)
  }
  return (
    <section class="card question" aria-labelledby="question" aria-busy={isSending}>
      <h2 id="question">May VoiceMode send usage counts?</h2>
      <p>
        Nothing is sent until you say yes. Further down are your own numbers of the last days, and the exact
        bytes for each day.
      </p>
      {added.length > 0 && (
        <>
          <p>New since you said yes:</p>
          <ul>
            {added.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
      <dl class="points">
        {question.rows.map(([point, text]) => (
          <div key={point}>
            <dt>{point}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>Every field and word that can be sent</summary>
        <ScrollRegion class="exact" label="The full notice">
          <pre>{question.full_notice}</pre>
        </ScrollRegion>
      </details>
      {result === undefined && (
        <>
          <div class="answers">
            {BUTTONS.map(([which, label]) => (
              <button key={which} type="button" aria-disabled={isSending} onClick={() => press(which)}>
                {label}
              </button>
            ))}
          </div>
          <p class="note">After a no you are not asked again. “Not now” records nothing.</p>
        </>
      )}
      <p role="status" class="told" ref={told} tabIndex={-1}>
        {hasFailed ? FAILED : result}
      </p>
    </section>
  )
}

const FAILED =
  'Your answer could not be recorded, because this page has ended or the home directory can’t be written. You can answer in a terminal: voicemode-telemetry enable, or voicemode-telemetry disable.'
