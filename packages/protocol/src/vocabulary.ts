/** The closed vocabularies. Every string in an event is one of these words, an id, a version or a time. */

export const OS_TYPES = ['Linux', 'Darwin', 'Windows', 'other'] as const
export const INSTALL_METHODS = ['dev', 'uv', 'pip', 'unknown'] as const
export const MCP_HOSTS = [
  'claude-code',
  'claude-desktop',
  'cursor',
  'cline',
  'windsurf',
  'vscode',
  'zed',
  'codex',
  'gemini-cli',
  'opencode',
  'goose',
  'copilot-cli',
  'qwen-code',
  'kilo-code',
  'continue',
  'other',
  'unknown',
] as const
export const EXEC_SOURCES = ['mcp', 'cli'] as const

/** Session lengths. Lower bounds are inclusive, upper bounds exclusive: 60 s is `1-5min`, 3600 s is `>60min`. */
export const DURATION_BINS = ['<1min', '1-5min', '5-10min', '10-20min', '20-60min', '>60min'] as const
/** Numbers of exchanges in a session, both ends inclusive. */
export const EXCHANGE_BINS = ['0', '1-5', '6-10', '11-20', '>20'] as const
/** Sizes in KB of 1,024 bytes. Lower bounds are inclusive, upper bounds exclusive. No event carries a size today. */
export const SIZE_BINS = ['<50KB', '50-100KB', '100-200KB', '200-500KB', '>500KB'] as const

export const TRANSPORTS = ['local', 'livekit', 'other'] as const
export const TTS_PROVIDERS = ['openai', 'kokoro', 'mlx-audio', 'cartesia', 'other'] as const
export const STT_PROVIDERS = ['openai', 'whisper-local', 'mlx-audio', 'remote', 'other'] as const
/** The steps of a call in their order; each of them can fail. */
export const FAILED_STEPS = ['speak', 'record', 'transcribe', 'other'] as const
export const ERROR_TYPES = [
  'FileNotFoundError',
  'PermissionError',
  'ConnectionError',
  'TimeoutError',
  'HTTPError',
  'APIError',
  'AuthenticationError',
  'RateLimitError',
  'ValueError',
  'TypeError',
  'RuntimeError',
  'OSError',
  'other',
] as const

export type OsType = (typeof OS_TYPES)[number]
export type InstallMethod = (typeof INSTALL_METHODS)[number]
export type McpHost = (typeof MCP_HOSTS)[number]
export type ExecSource = (typeof EXEC_SOURCES)[number]
export type DurationBin = (typeof DURATION_BINS)[number]
export type ExchangeBin = (typeof EXCHANGE_BINS)[number]
export type SizeBin = (typeof SIZE_BINS)[number]
export type Transport = (typeof TRANSPORTS)[number]
export type TtsProvider = (typeof TTS_PROVIDERS)[number]
export type SttProvider = (typeof STT_PROVIDERS)[number]
export type FailedStep = (typeof FAILED_STEPS)[number]
export type ErrorType = (typeof ERROR_TYPES)[number]
