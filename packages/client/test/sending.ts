import type { HostOptions } from '../src/createHost.ts'
import type { Host } from '../src/host.ts'
import { type SendReport, sendDue } from '../src/send/send.ts'
import { ENVIRONMENT, type Home } from './logs.ts'

export function hostOf(home: Home, url: string, options: HostOptions = {}): Host {
  return home.host({ env: { VOICEMODE_TELEMETRY_ENDPOINT: url }, ...options })
}

export function send(host: Host): Promise<SendReport> {
  return sendDue(host, { environment: ENVIRONMENT })
}

export function outcomes(report: SendReport): string[] {
  return report.outcome === 'done' ? report.events.map(({ outcome }) => outcome) : [report.why]
}
