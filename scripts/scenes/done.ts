import type { Micros } from './clock.ts'

/** Where a call failed. */
export type Step = 'speak' | 'record' | 'transcribe' | 'other'

/** One use of the tool by an assistant, as far as VoiceMode's logs can tell of it. */
export interface Call {
  began: Micros
  /** Undefined where the process died in it. */
  ended?: Micros
  outcome: 'ended' | 'cancelled' | 'blocked'
  /** Undefined where all went well, and where nothing tells of the failure. */
  failedStep?: Step
  /** How often its speech began to sound, and how often its listening came to a result. */
  sounded: number
}

/** Something that was spoken or heard, and went into the conversation log. */
export interface Utterance {
  at: Micros
  conversationId: string
  type: 'tts' | 'stt'
  transport?: string
  /** Who spoke or heard, by the words of an event; undefined where nobody did, or nobody can tell. */
  provider?: string
  version?: string
  hasFailed?: boolean
}

interface Failure {
  at: Micros
  /** By the words of an event. */
  kind: string
  toldBy: 'event log' | 'conversation log'
}

/** All that was done, in the order in which it was written down. */
export interface Done {
  calls: Call[]
  utterances: Utterance[]
  failures: Failure[]
  /** When lines went into the event log. */
  eventLines: Micros[]
}
