import type { ViewData } from '@voicemode-telemetry/protocol/wire/viewer'

/** Whether telemetry is on, why, and the commands that change it. */
export function ConsentSection({ status }: { status: ViewData['status'] }) {
  const { state, reason, added_to_notice, endpoint_host, endpoint_problem } = status
  return (
    <section class="card" aria-labelledby="consent">
      <h2 id="consent">Telemetry is {state === 'granted' ? 'on' : 'off'}.</h2>
      <p>
        Why: {reason}.{' '}
        {endpoint_host ? (
          <>
            Events go to <code>{endpoint_host}</code>.
          </>
        ) : (
          `${endpoint_problem}.`
        )}
      </p>
      {added_to_notice.length > 0 && (
        <ul>
          {added_to_notice.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <dl class="commands">
        {state !== 'granted' && <CommandRow what="Read the notice and opt in" command="enable" />}
        {state !== 'denied' && <CommandRow what="Opt out" command="disable" />}
        <CommandRow what="See the full status" command="status" />
      </dl>
    </section>
  )
}

function CommandRow({ what, command }: { what: string; command: string }) {
  return (
    <div>
      <dt>{what}</dt>
      <dd>
        <code>voicemode-telemetry {command}</code>
      </dd>
    </div>
  )
}
