import { MS_PER_DAY } from '@voicemode-telemetry/protocol'
import { failuresOf, type JobStep } from '../failure.ts'
import { type Host, MS_PER_HOUR } from '../host.ts'

/**
 * Runs a job now, at every UTC midnight, and every hour besides, for a machine may have slept over midnight. A failure is
 * logged by its kind, step and day and counted by its step, and the next run makes it good. Does not keep the process alive.
 *
 * @returns what stops it: no run begins any more, and one that is under way may fail quietly, for its store is closed.
 */
export function runNowAndDaily(
  job: () => Promise<void>,
  host: Pick<Host, 'now' | 'log' | 'after'>,
  countFailure: (step: JobStep) => void,
): () => void {
  let isStopped = false
  const again = async () => {
    if (isStopped) return
    await job().catch((error: unknown) => {
      if (isStopped) return
      for (const failure of failuresOf(error)) {
        // Whatever fails before the first step kept the clock from being checked.
        const { step = 'clock' } = failure
        host.log({ level: 'error', event: 'daily-job-failed', ...failure, step })
        countFailure(step)
      }
    })
    const untilMidnight = MS_PER_DAY - (host.now() % MS_PER_DAY)
    host.after(Math.min(untilMidnight, MS_PER_HOUR), again)
  }
  again()
  return () => {
    isStopped = true
  }
}
