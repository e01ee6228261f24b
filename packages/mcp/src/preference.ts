import {
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import {
  describeWithdrawal,
  grantConsent,
  type Host,
  LAYERS,
  readStatus,
  type Status,
  withdrawConsent,
} from 'voicemode-telemetry'
import { clientOf, noteClient } from './client.ts'
import { composeQuestion, describeState, ENABLE_COMMAND } from './words.ts'

/** What came of a wish. A yes is recorded only where the person gave it. */
type Outcome = 'yes recorded' | 'no recorded' | 'nothing changed'

/** The field of the form that holds the person's choice. */
const CHOICE = 'send'
const QUESTION = 'consent'

/** The noes that a person's yes does not overcome. */
const ABOVE_A_YES: readonly Status['decided_by'][] = ['DO_NOT_TRACK', 'environment', 'project file', 'CI']

/**
 * Takes an assistant's wish to turn telemetry on or off. Off counts at once; on is asked of the person, in the host's own
 * form, and only the answer to a question of this very process counts.
 */
export class Preference {
  readonly #host: Host
  readonly #server: McpServer
  /** The questions that are open, each by a name that nobody can guess; each is answered once. */
  readonly #open = new Set<string>()

  constructor(host: Host, server: McpServer) {
    this.#host = host
    this.#server = server
  }

  /** @throws the file system's error where an answer can't be recorded. */
  async set(enabled: boolean, context: ServerContext): Promise<CallToolResult | InputRequiredResult> {
    return enabled ? this.#ask(context) : this.#recordNo('The queue, the id and its secret are deleted.')
  }

  async #ask(context: ServerContext): Promise<CallToolResult | InputRequiredResult> {
    const status = readStatus(this.#host)
    if (status.state === 'granted') return this.#tell('nothing changed', 'The person said yes before.')
    const obstacle = obstacleTo(status, this.#host)
    if (obstacle)
      return this.#tell('nothing changed', `A no stands that no answer overcomes: ${LAYERS[obstacle]}.`)
    if (!clientOf(this.#server, context).showsForms) {
      return this.#tell(
        'nothing changed',
        `Only the person can say yes, and this assistant cannot show them the question. They can type in a terminal: ${ENABLE_COMMAND}`,
        ENABLE_COMMAND,
      )
    }
    const state = context.mcpReq.requestState<string>()
    if (state === undefined || !this.#open.delete(state)) return this.#question(status)
    return this.#recordAnswer(context)
  }

  #question(status: Status): InputRequiredResult {
    const name = Buffer.from(this.#host.randomBytes(16)).toString('base64url')
    this.#open.add(name)
    const form = inputRequired.elicit({
      message: composeQuestion(status),
      requestedSchema: {
        type: 'object',
        properties: {
          [CHOICE]: {
            type: 'string',
            title: 'Send it?',
            description: 'Your own answer. No is the default, and nobody asks again after it.',
            enum: ['no', 'yes'],
            default: 'no',
          },
        },
        required: [CHOICE],
      },
    })
    return inputRequired({ inputRequests: { [QUESTION]: form }, requestState: name })
  }

  async #recordAnswer(context: ServerContext): Promise<CallToolResult> {
    const answer = inputResponse(context.mcpReq.inputResponses, QUESTION)
    const isAccepted = answer.kind === 'elicit' && answer.action === 'accept'
    const choice = isAccepted ? answer.content?.[CHOICE] : undefined
    if (choice === 'no') return this.#recordNo('That was the person’s own answer; do not ask again.')
    if (choice !== 'yes')
      return this.#tell('nothing changed', 'The person gave no clear answer, so nothing is recorded.')
    await grantConsent(this.#host, 'mcp')
    noteClient(this.#host, clientOf(this.#server, context).name)
    return this.#tell('yes recorded', 'Each day is sent once it is over.')
  }

  async #recordNo(comment: string): Promise<CallToolResult> {
    // A form that is still open was shown before this no, so it must not undo it.
    this.#open.clear()
    const withdrawal = await withdrawConsent(this.#host, 'mcp')
    if (withdrawal.undone.length === 0) return this.#tell('no recorded', comment)
    const outcome = withdrawal.undone.includes('the setting') ? 'nothing changed' : 'no recorded'
    return { ...this.#tell(outcome, describeWithdrawal(withdrawal)), isError: true }
  }

  #tell(outcome: Outcome, comment: string, command?: string): CallToolResult {
    const { state, decided_by } = readStatus(this.#host)
    return {
      content: [{ type: 'text', text: `${describeState({ state, decided_by })} ${comment}` }],
      structuredContent: { outcome, state, decided_by, comment, ...(command && { command }) },
    }
  }
}

function obstacleTo({ state, decided_by }: Status, host: Host): Status['decided_by'] | undefined {
  if (state === 'denied' && ABOVE_A_YES.includes(decided_by)) return decided_by
  // The user's own no stands above a CI machine's, and hides it.
  return host.isCI ? 'CI' : undefined
}
