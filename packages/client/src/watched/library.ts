import { createHost, maybeSendInBackground, TelemetryClient, TelemetryCollector } from '../index.ts'

/** What a program that embeds the library calls. */

const host = createHost()
maybeSendInBackground(host)
const event = await new TelemetryCollector(host).collectTelemetryEvent()
const client = new TelemetryClient(host)
if (event) await client.sendEvent(event)
await client.sendQueuedEvents()
