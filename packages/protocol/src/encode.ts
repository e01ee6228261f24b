import type { TelemetryEvent } from './plainTypes.ts'

/**
 * The exact bytes of an event, the same in the request, the queue, the history and the preview.
 *
 * @returns indented JSON that ends with a newline, so that a person can read it.
 */
export function encodeEvent(event: TelemetryEvent): string {
  return `${JSON.stringify(event, null, 2)}\n`
}
