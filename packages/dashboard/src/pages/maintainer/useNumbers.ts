import type { DayRange } from '@voicemode-telemetry/protocol/wire/charts'
import { useEffect, useState } from 'preact/hooks'
import type { Loaded } from '../../api/load.ts'
import type { Host } from '../../host.ts'
import { formatTime } from '../../model/format.ts'
import type { Numbers } from '../../model/numbers.ts'
import type { PageState } from '../../model/pageState.ts'
import { loadNumbers } from './loadNumbers.ts'

/**
 * The numbers for a state of the page. Old numbers stay until newer ones arrive, and a refresh that fails keeps them.
 *
 * @param refreshes loads again when it changes.
 */
export function useNumbers(host: Host, state: PageState, days: DayRange, refreshes: number) {
  const { filter, compare } = state
  const [attempt, setAttempt] = useState(1)
  const [answer, setAnswer] = useState<{ request: string; loaded: Loaded<Numbers> }>()
  const [news, setNews] = useState({ text: '', spoken: '' })
  const request = JSON.stringify([days, filter, compare, attempt])
  const isLoading = answer?.request !== request

  useEffect(() => {
    const abort = new AbortController()
    loadNumbers(host.fetch, days, { filter, compare }, abort.signal).then((loaded) => {
      if (abort.signal.aborted) return
      const at = `${formatTime(host.now())} UTC`
      if (!isLoading && loaded.outcome === 'failed') {
        setNews({ text: `The server did not answer at ${at}. These numbers are older.`, spoken: '' })
        return
      }
      const isNew = isLoading || JSON.stringify(loaded) !== JSON.stringify(answer.loaded)
      setNews({ text: `Last checked at ${at}.`, spoken: isNew && !isLoading ? `New numbers at ${at}.` : '' })
      if (isNew) setAnswer({ request, loaded })
    })
    return () => abort.abort()
  }, [host, request, refreshes])

  return { loaded: answer?.loaded, isLoading, news, retry: () => setAttempt(attempt + 1) }
}
