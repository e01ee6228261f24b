import {
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import {
  describeVoidYes,
  describeWithdrawal,
  type Host,
  LEAST_READING_MS,
  openQuestion,
  type Question,
  type QuestionPage,
  readStatus,
  recordYes,
  type Status,
  whyYesIsVoid,
  withdrawConsent,
} from 'voicemode-telemetry'
import { type ClientAbout, clientOf, noteClient } from './client.ts'
import { PAGE, Pages } from './pages.ts'
import { composeQuestion, describeState, ENABLE_COMMAND } from './words.ts'

/** What a call did. A yes is recorded only if the person gave it. */
type Outcome = 'yes recorded' | 'no recorded' | 'nothing changed'

/** The form's field with the person's choice. */
const CHOICE = 'send'
const FORM = 'consent'
/** The first one is easily taken by accident, so it records nothing. */
const CHOICES = {
  enum: ['later', 'yes', 'no'],
  enumNames: ['Not now', 'Yes', 'No, and don’t ask again'],
  default: 'later',
}

/** The kinds of no that override a person's yes. */
const ABOVE_A_YES: readonly Status['decided_by'][] = [
  'DO_NOT_TRACK',
  'environment',
  'project file',
  'remembered no',
  'no home',
  'CI',
]

/**
 * Turns telemetry off at once, or asks the person whether to turn it on. The person is asked on a page of this machine's own, or in a
 * form if the assistant can't open pages. A yes counts only if this process has asked.
 */
export class Preference {
  readonly #host: Host
  readonly #server: McpServer
  readonly #pages: Pages
  /** The questions in open forms, by names that nobody can guess. Each can be answered once. */
  readonly #open = new Map<string, Question>()
  /** The last question; undefined once the host has told what became of it. */
  #last: Question | undefined

  constructor(host: Host, server: McpServer) {
    this.#host = host
    this.#server = server
    this.#pages = new Pages(host, server)
  }

  /** Whether the last question that was shown has no answer, and nothing else was recorded since. */
  get hasOpenQuestion(): boolean {
    return (
      this.#last !== undefined &&
      !this.#pages.isAnswered &&
      whyYesIsVoid(this.#host, this.#last) === undefined
    )
  }

  /** @throws the file system's error if an answer can't be recorded. */
  async set(enabled: boolean, context: ServerContext): Promise<CallToolResult | InputRequiredResult> {
    return enabled ? this.#ask(context) : this.#recordNo('The queue, the id and its secret are deleted.')
  }

  async #ask(context: ServerContext): Promise<CallToolResult | InputRequiredResult> {
    const choice = choiceIn(context)
    // A no always counts: whatever was recorded in the meantime, and whichever process asked.
    if (isNo(choice)) return this.#recordNo('The person gave this answer themselves. Do not ask again.')
    const question = this.#take(context)
    if (question) return this.#recordAnswer(choice, question, context)
    const page = this.#pages.named(context.mcpReq.requestState<string>())
    if (page) return this.#tellPage(page, context)
    const status = readStatus(this.#host)
    if (status.state === 'granted') return this.#tell('nothing changed', 'The person has already said yes.')
    // A question of another process, which did not live until the answer.
    const hasSaidNo = status.state === 'denied' || status.decided_by === 'earlier no'
    if (choice === 'yes' && hasSaidNo)
      return this.#tell('nothing changed', describeVoidYes(this.#host, 'answered meanwhile'), ENABLE_COMMAND)
    const obstacle = obstacleTo(status, this.#host)
    if (obstacle)
      return this.#tell(
        'nothing changed',
        `The person was not asked, because an answer would change nothing: ${obstacle}`,
      )
    return (await this.#show(status, clientOf(this.#server, context))) ?? this.#tellCommand()
  }

  /** Shows the person the question, on a page if the assistant can open one. @returns undefined if it can't be shown. */
  async #show(
    status: Status,
    client: ClientAbout,
  ): Promise<CallToolResult | InputRequiredResult | undefined> {
    if (!client.opensPages) {
      const message = client.showsForms ? composeQuestion(status) : undefined
      return message === undefined ? undefined : this.#showForm(message)
    }
    if (this.#pages.isBeingRead) return this.#tellUnanswered()
    const asked = await this.#pages.ask(client)
    if (asked) this.#last = openQuestion(this.#host)
    return asked
  }

  #tellUnanswered(): CallToolResult {
    const comment = `On the page nothing is recorded yet. Do not ask again: telemetry_check_status says later what they answered. If they see no page, they can type this in a terminal: ${ENABLE_COMMAND}`
    return this.#tell('nothing changed', comment, ENABLE_COMMAND)
  }

  /** What the page has recorded. Nothing that the host answered counts as an answer of the person. */
  #tellPage(page: QuestionPage, { mcpReq }: ServerContext): CallToolResult {
    const answer = page.answer()
    if (answer)
      return this.#tell(PAGE_OUTCOMES[answer.recorded], `The page told the person: ${answer.message}`)
    const opening = inputResponse(mcpReq.inputResponses, PAGE)
    if (opening.kind === 'elicit' && opening.action === 'accept') return this.#tellUnanswered()
    page.close()
    this.#last = undefined
    const comment = `The person did not open the page, so nothing is recorded. They can also type this in a terminal: ${ENABLE_COMMAND}`
    return this.#tell('nothing changed', comment, ENABLE_COMMAND)
  }

  /** The question that a request answers; undefined if this process has not asked it, or if it was already answered. */
  #take({ mcpReq }: ServerContext): Question | undefined {
    const name = mcpReq.requestState<string>()
    const question = name === undefined ? undefined : this.#open.get(name)
    if (name !== undefined) this.#open.delete(name)
    if (question) this.#last = undefined
    return question
  }

  #tellCommand(): CallToolResult {
    const comment = `Only the person can say yes, and this assistant cannot show them the question. They can type this in a terminal: ${ENABLE_COMMAND}`
    return this.#tell('nothing changed', comment, ENABLE_COMMAND)
  }

  #showForm(message: string): InputRequiredResult {
    const name = Buffer.from(this.#host.randomBytes(16)).toString('base64url')
    this.#last = openQuestion(this.#host)
    this.#open.set(name, this.#last)
    const form = inputRequired.elicit({
      message,
      requestedSchema: {
        type: 'object',
        properties: { [CHOICE]: { type: 'string', title: 'Your answer', ...CHOICES } },
        required: [CHOICE],
      },
    })
    return inputRequired({ inputRequests: { [FORM]: form }, requestState: name })
  }

  async #recordAnswer(choice: unknown, question: Question, context: ServerContext): Promise<CallToolResult> {
    if (choice !== 'yes')
      return this.#tell('nothing changed', 'The person has not said yes or no, so nothing is recorded.')
    const { recorded, message } = await recordYes(this.#host, 'mcp', question, LEAST_READING_MS)
    if (recorded !== 'yes') return this.#tell('nothing changed', message, ENABLE_COMMAND)
    noteClient(this.#host, clientOf(this.#server, context).name)
    return this.#tell('yes recorded', message)
  }

  async #recordNo(comment: string): Promise<CallToolResult> {
    const withdrawal = await withdrawConsent(this.#host, 'mcp')
    if (withdrawal.undone.length === 0) return this.#tell('no recorded', comment)
    const outcome = withdrawal.undone.includes('writing the setting') ? 'nothing changed' : 'no recorded'
    return { ...this.#tell(outcome, describeWithdrawal(withdrawal)), isError: true }
  }

  #tell(outcome: Outcome, comment: string, command?: string): CallToolResult {
    const { state, decided_by, reason } = readStatus(this.#host)
    return {
      content: [{ type: 'text', text: `${describeState({ state, reason })} ${comment}` }],
      structuredContent: { outcome, state, decided_by, comment, ...(command && { command }) },
    }
  }
}

const PAGE_OUTCOMES = { yes: 'yes recorded', no: 'no recorded', nothing: 'nothing changed' } as const

function choiceIn({ mcpReq }: ServerContext): unknown {
  const answer = inputResponse(mcpReq.inputResponses, FORM)
  return answer.kind === 'elicit' && answer.action === 'accept' ? answer.content?.[CHOICE] : undefined
}

/** A yes must be the form's own value. A no counts in whatever form the assistant hands it on, such as the label of the choice. */
function isNo(choice: unknown): boolean {
  return choice === false || (typeof choice === 'string' && /^\s*no\b/i.test(choice))
}

/** What overrides the person's yes, and how to end it. */
function obstacleTo({ state, decided_by, reason, remedy }: Status, host: Host): string | undefined {
  if (state === 'denied' && ABOVE_A_YES.includes(decided_by))
    return `${reason}.${remedy ? ` To change it: ${remedy}` : ''}`
  // The person's own no may have been found first.
  return host.isCI ? 'this is a CI machine.' : undefined
}
