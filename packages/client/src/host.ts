export type Env = Record<string, string | undefined>

/** What a request is made of. */
export interface RequestOptions {
  /** Default: `GET`. */
  method?: string
  headers?: Record<string, string>
  body?: string
  signal: AbortSignal
}

/** How many of each kind a program was seen to open: sockets, names that it had looked up, processes and threads. */
export interface Sighting {
  sockets: number
  lookups: number
  processes: number
}

/** The world outside the client: environment, clock, randomness, network, processes and folders. A test brings its own. */
export interface Host {
  env: Env
  platform: string
  workingDirectory: string
  /** The root of the folders in which the machine's own programs are installed. */
  systemRoot: string
  /** The name of this machine. */
  hostName: string
  isCI: boolean
  /** The user that this process runs as, by number; undefined on systems without such numbers. */
  userId: number | undefined
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds since some moment, by a clock that nobody can set: for how long something takes. */
  elapsedMs(): number
  randomBytes(length: number): Uint8Array
  /**
   * Sends a request, through the proxy that `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` name. It follows no redirect.
   *
   * @throws the error of the connection, of the proxy or of the signal; see `networkFailureOf`.
   */
  request(url: string, options: RequestOptions): Promise<Response>
  /** Starts this project's command as a separate process that shares no stream with this one. @returns whether it started. */
  startDetached(args: string[]): boolean
  /**
   * Runs a program of this package to its end, without input or output, and counts what it opens.
   *
   * @param program its file: the command (`main`), or one of the folder `watched`.
   * @returns null if it could not be watched to its end.
   */
  runWatched(program: 'main' | 'library' | 'control', args?: string[]): Promise<Sighting | null>
  /**
   * Opens a URL in the person's browser.
   *
   * @returns whether it could; false if there is no opener or no screen.
   */
  openInBrowser(url: string): Promise<boolean>
  /** Ends this process after so many milliseconds, whatever it is doing. */
  endAfter(ms: number): void
  directories: Directories
}

/** The folders that the client uses. Any of them may be missing. */
export interface Directories {
  /** `NO_HOME` if the user has none. */
  home: string
  /** VoiceMode's base directory. */
  base: string
  conversations: string
  /** Where VoiceMode up to 2.16 wrote its conversation logs. */
  olderConversations: string
  events: string
  /** Where our own files are, such as the record of consent: the base directory, unless a project has moved that. */
  ownBase: string
  queue: string
  sent: string
  rejected: string
}
