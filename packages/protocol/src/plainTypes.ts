/* Derived from the schemas: after a change there, run npm run derive. */

export type Environment = {
  os_type: 'Linux' | 'Darwin' | 'Windows' | 'other'
  install_method: 'dev' | 'uv' | 'pip' | 'unknown'
  mcp_host: 'claude-code' | 'claude-desktop' | 'cursor' | 'cline' | 'windsurf' | 'vscode' | 'zed' | 'codex' | 'gemini-cli' | 'opencode' | 'goose' | 'copilot-cli' | 'qwen-code' | 'kilo-code' | 'continue' | 'other' | 'unknown'
  exec_source: 'mcp' | 'cli'
  version: string
}

export type Usage = {
  total_sessions: number
  duration_distribution: {
    '<1min'?: number
    '1-5min'?: number
    '5-10min'?: number
    '10-20min'?: number
    '20-60min'?: number
    '>60min'?: number
  }
  exchanges_per_session: {
    '0'?: number
    '1-5'?: number
    '6-10'?: number
    '11-20'?: number
    '>20'?: number
  }
  transport_usage: {
    local?: number
    livekit?: number
    other?: number
  }
  tts_provider_usage: {
    openai?: number
    kokoro?: number
    'mlx-audio'?: number
    cartesia?: number
    other?: number
  }
  stt_provider_usage: {
    openai?: number
    'whisper-local'?: number
    'mlx-audio'?: number
    remote?: number
    other?: number
  }
  success_rate?: number
  total_operations: number
  failed_steps: {
    speak?: number
    record?: number
    transcribe?: number
    other?: number
  }
  error_types: {
    FileNotFoundError?: number
    PermissionError?: number
    ConnectionError?: number
    TimeoutError?: number
    HTTPError?: number
    APIError?: number
    AuthenticationError?: number
    RateLimitError?: number
    ValueError?: number
    TypeError?: number
    RuntimeError?: number
    OSError?: number
    other?: number
  }
}

export type TelemetryEvent = {
  event_id: string
  telemetry_id: string
  timestamp: string
  environment: Environment
  usage: Usage
}

export type KeptRefusal = {
  status: number
  type?: string
  problems?: {
    field: string
    expected: string
  }[]
}

export type PageAnswer = {
  recorded: 'yes' | 'no' | 'nothing'
  message: string
}
