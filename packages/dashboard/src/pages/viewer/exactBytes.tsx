import type { Bytes } from '@voicemode-telemetry/protocol/wire/viewer'
import { ScrollRegion } from '../../components/scrollRegion.tsx'
import { formatCount } from '../../model/format.ts'

/** An event byte for byte, with its size and hash; nothing if there is none. */
export function ExactBytes({ of: { body, bytes, sha256 }, label }: { of: Bytes; label: string }) {
  if (body === null) return null
  return (
    <>
      <p class="note">
        {formatCount(bytes ?? 0)} bytes, SHA-256 <code class="hash">{sha256}</code>
      </p>
      <ScrollRegion class="exact" label={label}>
        <pre>{body}</pre>
      </ScrollRegion>
    </>
  )
}
