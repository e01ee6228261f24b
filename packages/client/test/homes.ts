import { type Day, MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { grantConsent } from '../src/consent/grant.ts'
import { exchangeLine, Home, USED_DAY } from './logs.ts'

/** Before every day that may be reported. */
export const LONG_AGO = Date.now() - 20 * MS_PER_DAY

/** One session on each of some days. */
export function useOn(home: Home, days: readonly Day[]): void {
  home.writeLogs({
    conversations: new Map(
      days.map((day) => [`exchanges_${day}.jsonl`, [exchangeLine({ at: `${day}T10:00:00Z` })]]),
    ),
    events: new Map(),
  })
}

/** A home with use on some days, in which nobody was asked. Default: on a day that is due. */
export function usedHome(days: readonly Day[] = [USED_DAY]): Home {
  const home = new Home()
  useOn(home, days)
  return home
}

/** As {@link usedHome}, but a person said yes long ago. */
export async function grantedHome(days: readonly Day[] = [USED_DAY]): Promise<Home> {
  const home = usedHome(days)
  await grantConsent(home.host({ now: () => LONG_AGO }), 'command')
  return home
}
