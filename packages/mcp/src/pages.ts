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
  /** The page that was asked on last. */
  #latest: QuestionPage | undefined
  /** All pages of calls that have not come back, by names that nobody can guess. */
  readonly #asked = new Map<string, QuestionPage>()

  constructor(host: Host, server: McpServer) {
    this.#host = host
    this.#server = server
    // A page that stays open would keep this process alive.
    server.server.onclose = () => this.close()
  }

  /** Whether the person has a page open and has not answered it yet. */
  get isBeingRead(): boolean {
    return this.#latest?.isBeingRead() ?? false
  }

  /** The page of a call that comes back; undefined if this connection has not asked on it, or the call came back before. */
  take(name: string | undefined): QuestionPage | undefined {
    const page = name === undefined ? undefined : this.#asked.get(name)
    if (name !== undefined) this.#asked.delete(name)
    return page
  }

  /** Asks the assistant to open a page. @returns undefined if no page can be shown. */
  async ask({ name: clientName, waitsForPages }: ClientAbout): Promise<InputRequiredResult | undefined> {
    this.close()
    const name = Buffer.from(this.#host.randomBytes(16)).toString('base64url')
    const page = await askOnPage(this.#host, ({ recorded }) => {
      if (recorded === 'yes') noteClient(this.#host, clientName)
      if (waitsForPages)
        this.#server.server
          .createElicitationCompletionNotifier(name)()
          .catch(() => {})
    })
    if (!page) return undefined
    this.#asked.set(name, page)
    this.#latest = page
    const params = { message: PAGE_MESSAGE, url: page.url, ...(waitsForPages && { elicitationId: name }) }
    return inputRequired({
      inputRequests: { [PAGE]: inputRequired.elicitUrl(params) },
      requestState: name,
    })
  }

  close(): void {
    this.#latest?.close()
  }
}
