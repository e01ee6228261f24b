import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { canary } from './canary.ts'
import type { Drive } from './drive.ts'
import type { PLACES } from './places.ts'

const MAIN = fileURLToPath(new URL('../../packages/mcp/src/main.ts', import.meta.url))

const of = (name: (typeof PLACES)['MCP client'][number]) => canary(`MCP client: ${name}`)

/** What the person does with a form, one after the other. None of it is an answer. */
const ANSWERS = [
  {
    action: 'accept',
    content: { [of('an answer to another question')]: of('an answer to another question') },
  },
  { action: 'accept', content: { answer: of('an unclear answer') } },
  { action: 'decline', content: { answer: of('an answer that is declined') } },
]

const call = (name: string, args: object) => ({ method: 'tools/call', params: { name, arguments: args } })
const REQUESTS = [
  { method: 'tools/list' },
  { method: 'resources/list' },
  call('telemetry_check_status', {}),
  call('telemetry_preview', {}),
  call('telemetry_preview', { day: of('an argument') }),
  call(of('an unknown tool'), { note: of('an argument') }),
  { method: 'resources/read', params: { uri: `voicemode://${of('a resource')}` } },
  { method: of('an unknown tool'), params: { _meta: { note: of('an argument') } } },
  ...ANSWERS.map(() => call('telemetry_set_preference', { enabled: true })),
]

/** An assistant that is as strange as it can be talks to the real MCP server, one request after the other. */
export async function talkToAssistant(drive: Drive): Promise<void> {
  const env = {
    ...drive.environment,
    VOICEMODE_TELEMETRY_ENDPOINT: '',
    SESSION_NOTE: of('environment variable'),
  }
  const child = spawn(process.execPath, [MAIN], { env, cwd: drive.person.project })
  const answers = ANSWERS.values()
  const requests = REQUESTS.entries()
  const say = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const next = () => {
    const { value, done } = requests.next()
    if (done) child.stdin.end()
    else say({ id: value[0], ...value[1] })
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    drive.sinks.add('answers of the MCP server', line)
    const { id, method, result } = JSON.parse(line)
    if (method === 'elicitation/create') return void say({ id, result: answers.next().value })
    if (method !== undefined) return
    if (result?.serverInfo) say({ method: 'notifications/initialized' })
    next()
  })
  child.stderr.on('data', (chunk) => drive.sinks.add('stderr of the MCP server', chunk))
  say({
    id: 'first',
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: { elicitation: {} },
      clientInfo: { name: of('name'), version: of('version'), title: of('title') },
    },
  })
  await once(child, 'close')
}
