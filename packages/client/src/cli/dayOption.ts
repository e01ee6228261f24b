import type { Option } from '@voicemode-telemetry/command-line'
import { isDay } from '@voicemode-telemetry/protocol'

/** `--day`. */
export function dayOption(about: string): { day: Option } {
  return { day: { takes: 'YYYY-MM-DD', about, accepts: { what: 'a day, written YYYY-MM-DD', test: isDay } } }
}
