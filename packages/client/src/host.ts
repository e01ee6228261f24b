export type Env = Record<string, string | undefined>

/** The world as the client sees it. Everything that is not a value comes from here; a test chooses its own. */
export interface Host {
  env: Env
  platform: string
  workingDirectory: string
  /** The folder below which the machine's own programs lie. */
  systemRoot: string
  isCI: boolean
  /** Milliseconds since 1970. */
  now(): number
  randomBytes(length: number): Uint8Array
  /** `fetch`, through the proxy that `HTTPS_PROXY` and `NO_PROXY` name. */
  fetch(url: string, init: RequestInit): Promise<Response>
  /** Starts this project's command as a process of its own, with no stream of ours. @returns whether it could. */
  startDetached(args: string[]): boolean
  /**
   * Has the platform's own opener show an address to the person.
   *
   * @returns whether it could; false where there is no opener, or no screen.
   */
  openInBrowser(url: string): Promise<boolean>
  /** Ends this process after so many milliseconds, whatever it does then. */
  endAfter(ms: number): void
  directories: Directories
}

/** Where things lie. Folders may be missing. */
export interface Directories {
  home: string
  /** VoiceMode's base directory. */
  base: string
  conversations: string
  /** Where releases of VoiceMode up to 2.16 wrote them. */
  olderConversations: string
  events: string
  /** Where the record of consent and our other files lie: the base directory, unless a project has moved that. */
  ownBase: string
  queue: string
  sent: string
  rejected: string
}
