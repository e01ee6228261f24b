import type { TelemetryEvent } from '@voicemode-telemetry/protocol'
import { noteEnvironmentNo } from './consent/environmentNo.ts'
import { readDecision, readTelemetryId } from './consent/record.ts'
import type { Host } from './host.ts'
import { enqueue, listEvents, MAX_QUEUE_AGE_DAYS, trimQueue } from './queue/queue.ts'
import type { SendReport } from './send/send.ts'

/** Queues events and sends them. Without a yes it does neither. */
export class TelemetryClient {
  readonly #host: Host

  /** @param host see `createHost`. */
  constructor(host: Host) {
    this.#host = host
    noteEnvironmentNo(host)
  }

  /**
   * Queues an event, then sends the queue.
   *
   * @param event one that a `TelemetryCollector` made after consent.
   * @returns `sent`, `queued` for a later try, `rejected` by the server for good, or `withheld` because there is no yes.
   * @throws TypeError if it is not an event of this installation.
   */
  async sendEvent(event: TelemetryEvent): Promise<'sent' | 'queued' | 'rejected' | 'withheld'> {
    if (readDecision(this.#host).state !== 'granted') return 'withheld'
    const { mustBeEvent } = await import('./send/mustBeEvent.ts')
    const parsed = await mustBeEvent(event)
    if (parsed.telemetry_id !== readTelemetryId(this.#host)) {
      throw new TypeError('not an event of this installation: telemetry_id')
    }
    enqueue(this.#host, parsed)
    const report = await this.sendQueuedEvents()
    if (report.outcome === 'withheld') return report.why === 'no consent' ? 'withheld' : 'queued'
    return report.events.find(({ eventId }) => eventId === event.event_id)?.outcome ?? 'queued'
  }

  /** Sends the queue, oldest event first, until one has to wait. */
  async sendQueuedEvents(): Promise<SendReport> {
    const { sendQueued } = await import('./send/send.ts')
    return sendQueued(this.#host)
  }

  /** Deletes queued events that are older than so many days. @returns how many were deleted. */
  clearOldQueuedEvents(maxAgeDays = MAX_QUEUE_AGE_DAYS): number {
    return trimQueue(this.#host, maxAgeDays)
  }

  /** How many events are queued. */
  queueSize(): number {
    return listEvents(this.#host, 'queue').length
  }
}
