import { fileURLToPath } from 'node:url'
import {
  Client,
  type ClientCapabilities,
  type ElicitRequestFormParams,
  type ElicitResult,
} from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { Home } from '../../client/test/logs.ts'

export const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** The protocol's two ways: a handshake and questions from the server, and since 2026-07-28 neither. */
export const PROTOCOLS = ['2025-11-25', '2026-07-28'] as const
type Protocol = (typeof PROTOCOLS)[number]

export interface AssistantOptions {
  protocol?: Protocol
  name?: string
  env?: Record<string, string>
  /** Default: the root folder. */
  workingDirectory?: string
  /** What the person does with a form; without it the host can't show one. May throw and may return anything. */
  answer?: (form: ElicitRequestFormParams) => ElicitResult | Promise<ElicitResult>
  /** Whether an answer takes as long as the one of somebody who reads; the server's stopwatch runs ahead. Default: it does. */
  reads?: boolean
  /** How the server's process is started. Default: by `reads`. */
  nodeArgs?: string[]
  /** How the host says that it shows forms. */
  elicitation?: NonNullable<ClientCapabilities['elicitation']>
}

/** A stopwatch that is 4 seconds further each time that somebody looks at it. */
export const READING = [
  '--import',
  `data:text/javascript,${encodeURIComponent('let looks = 0; performance.now = () => 4_000 * looks++')}`,
]

/** What a call of a tool came to. */
export interface Told {
  text: string
  texts: string[]
  isError: boolean
  structured: Record<string, unknown> | undefined
}

/** The client tries the protocol of a transport of its own class in a process besides; this one it talks to at once. */
class Pipe extends StdioClientTransport {}

/** An assistant's host, played by the official client, with the real server as a process of its own. */
export class Assistant implements AsyncDisposable {
  readonly client: Client
  /** The forms that the person was shown. */
  readonly forms: ElicitRequestFormParams[] = []
  /** What the server wrote to standard error. */
  stderr = ''

  private constructor({
    protocol = '2025-11-25',
    name = 'claude-code',
    answer,
    elicitation = {},
  }: AssistantOptions) {
    this.client = new Client(
      { name, version: '1.0.0' },
      {
        capabilities: answer ? { elicitation } : {},
        ...(protocol === '2026-07-28' && { versionNegotiation: { mode: { pin: '2026-07-28' } } }),
      },
    )
    if (answer) {
      this.client.setRequestHandler('elicitation/create', (request) => {
        const form = request.params as ElicitRequestFormParams
        this.forms.push(form)
        return answer(form)
      })
    }
  }

  static async start(home: Pick<Home, 'path'>, options: AssistantOptions = {}): Promise<Assistant> {
    const assistant = new Assistant(options)
    const transport = new Pipe({
      command: process.execPath,
      args: [...(options.nodeArgs ?? (options.reads === false ? [] : READING)), MAIN],
      env: {
        PATH: process.env.PATH ?? '',
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
        HOME: home.path,
        USERPROFILE: home.path,
        ...options.env,
      },
      cwd: options.workingDirectory ?? '/',
      stderr: 'pipe',
    })
    transport.stderr?.on('data', (chunk: Buffer) => {
      assistant.stderr += chunk.toString()
    })
    await assistant.client.connect(transport)
    return assistant
  }

  async call(name: string, args: Record<string, unknown> = {}): Promise<Told> {
    const result = await this.client.callTool({ name, arguments: args })
    const texts = result.content.map((block) => (block.type === 'text' ? block.text : ''))
    return {
      text: texts.join('\n'),
      texts,
      isError: result.isError === true,
      structured: result.structuredContent as Record<string, unknown> | undefined,
    }
  }

  enable(): Promise<Told> {
    return this.call('telemetry_set_preference', { enabled: true })
  }

  disable(): Promise<Told> {
    return this.call('telemetry_set_preference', { enabled: false })
  }

  async read(uri: string): Promise<string> {
    const { contents } = await this.client.readResource({ uri })
    return contents.map((content) => ('text' in content ? content.text : '')).join('')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close()
  }
}
