import { argv } from 'node:process'
import {
  askOnce,
  createHost,
  describeWithdrawal,
  environmentInfo,
  maybeSendInBackground,
  previewDay,
  readStatus,
  sendDue,
  withdrawConsent,
} from 'voicemode-telemetry'

const host = createHost()

switch (argv[2]) {
  case undefined:
    // At each start. It asks only a person at a terminal, and only once; without a yes nothing is sent.
    await askOnce(host)
    maybeSendInBackground(host)
    break
  case 'show': {
    const yesterday = new Date(host.now() - 86_400_000).toISOString().slice(0, 10)
    const { body } = await previewDay(host, yesterday, environmentInfo(host))
    console.log(body ?? `Nothing was counted on ${yesterday}.`)
    break
  }
  case 'send': {
    const report = await sendDue(host, { environment: environmentInfo(host) })
    if (report.outcome === 'withheld') console.log(`Nothing is sent: ${report.why}.`)
    else for (const { day, outcome } of report.events) console.log(day, outcome)
    break
  }
  case 'status': {
    const { state, reason } = readStatus(host)
    console.log(`${state}: ${reason}`)
    break
  }
  case 'off':
    console.log(describeWithdrawal(await withdrawConsent(host, 'command')))
    break
  default:
    console.error('Usage: embed [show | send | status | off]')
    process.exitCode = 2
}
