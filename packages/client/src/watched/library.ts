/** What a program that embeds the library calls. The library is loaded as by such a program: its built file stays one. */

const { createHost, maybeSendInBackground, TelemetryClient, TelemetryCollector } = await import('../index.ts')
const host = createHost()
maybeSendInBackground(host)
const event = await new TelemetryCollector(host).collectTelemetryEvent()
const client = new TelemetryClient(host)
if (event) await client.sendEvent(event)
await client.sendQueuedEvents()

export {}
