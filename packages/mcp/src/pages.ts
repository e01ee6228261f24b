import { type InputRequiredResult, inputRequired, type McpServer } from '@modelcontextprotocol/server'
import { askOnPage, type Host, type QuestionPage } from 'voicemode-telemetry'
import { type ClientAbout, noteClient } from './client.ts'
import { PAGE_MESSAGE } from './words.ts'

/** The name of a page in a call. What a host answers to it is never read, except whether the person wants to open it. */
export const PAGE = 'page'

/** The page that asks the person, one at a time. Their answer counts from the page only. */
export class Pages {
  readonly #host: Host
  readonly #server: McpServer
  /** By names that nobody can guess. Only the last one can still be open. */
  readonly #pages = new Map<string, QuestionPage>()

  constructor(host: Host, server: McpServer) {
    this.#host = host
    this.#server = server
    // A page that stays open would keep this process alive.
    server.server.onclose = () => this.close()
  }

  /** Whether the person has a page open and has not answered it yet. */
  get isBeingRead(): boolean {
    return [...this.#pages.values()].some((page) => page.isBeingRead())
  }

  /** Whether the person has answered on the last page. */
  get isAnswered(): boolean {
    return [...this.#pages.values()].at(-1)?.answer() !== undefined
  }

  /** The page of that name; undefined if this connection has not asked on it. */
  named(name: string | undefined): QuestionPage | undefined {
    return name === undefined ? undefined : this.#pages.get(name)
  }

  /** Asks the assistant to open a page. @returns undefined if no page can be shown. */
  async ask({ name: clientName, waitsForPages }: ClientAbout): Promise<InputRequiredResult | undefined> {
    const name = Buffer.from(this.#host.randomBytes(16)).toString('base64url')
    const page = await askOnPage(this.#host, ({ recorded }) => {
      if (recorded === 'yes') noteClient(this.#host, clientName)
      if (waitsForPages)
        this.#server.server
          .createElicitationCompletionNotifier(name)()
          .catch(() => {})
    })
    if (!page) return undefined
    this.close()
    this.#pages.set(name, page)
    const params = { message: PAGE_MESSAGE, url: page.url, ...(waitsForPages && { elicitationId: name }) }
    return inputRequired({
      inputRequests: { [PAGE]: inputRequired.elicitUrl(params) },
      requestState: name,
    })
  }

  close(): void {
    for (const page of this.#pages.values()) page.close()
  }
}
