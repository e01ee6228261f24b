import { readJsonAs } from '@voicemode-telemetry/protocol'
import { type TestEventAnswer, testEventAnswerSchema } from '@voicemode-telemetry/protocol/wire/events'
import { useEffect, useState } from 'preact/hooks'
import { load } from '../../api/load.ts'
import type { Host } from '../../host.ts'
import { formatDay, formatTime } from '../../model/format.ts'

/** A sentence or two about the last test event; nothing if there was none. @param refreshes loads again when it changes. */
export function TestArrival({ host, refreshes }: { host: Host; refreshes: number }) {
  const [last, setLast] = useState<TestEventAnswer['last']>(null)
  useEffect(() => {
    const abort = new AbortController()
    const read = (text: string) => readJsonAs(testEventAnswerSchema, text)
    load(host.fetch, '/v1/events/test', read, abort.signal).then((loaded) => {
      if (!abort.signal.aborted && loaded.outcome === 'loaded') setLast(loaded.value.last)
    })
    return () => abort.abort()
  }, [host, refreshes])
  if (!last) return null
  const at = `${formatDay(last.arrived_at.slice(0, 10))} at ${formatTime(Date.parse(last.arrived_at))} UTC`
  return (
    <p>
      <strong>A test event arrived on {at}</strong>, from voicemode-telemetry {last.version}. It is counted
      nowhere.
    </p>
  )
}
