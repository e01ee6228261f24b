import { createHost, TelemetryCollector } from 'voicemode-telemetry'

const collector = new TelemetryCollector(createHost())
const event = await collector.collectTelemetryEvent('2026-11-20')
console.log(event?.usage.total_sessions ?? 'no use on that day')
