import type { Micros } from './clock.ts'
import type { Server } from './servers.ts'

/** What becomes of an attempt to speak through a server. */
export type SpeechFate =
  | 'spoken'
  /** No server there, the key refused, the quota used up. */
  | 'refused'
  /** It begins to sound and breaks off. */
  | 'broken off'
  /** It comes in whole, and nothing can play it. */
  | 'not played'
  /** As before, and then another player plays it. */
  | 'played otherwise'

type Answer = 'words' | 'silence' | 'no word'

/** Steps in which a person can stop a call, or its process can die. */
export type Moment = 'floor' | 'speak' | 'pause' | 'record' | 'transcribe'

/** One use of the tool, and all that stands around it. */
export interface Circumstances {
  kind: 'talk' | 'turns' | 'survey'
  /** How many turns or questions. */
  parts: number
  waitsForResponse: boolean
  text: string
  /** `pcm` sounds while it comes in, the others after. */
  format: 'pcm' | 'mp3' | 'wav' | 'opus'
  /** A first part of the text was spoken before what is tried now. */
  speaksInParts: boolean
  isVoiceOff: boolean
  transport: 'local' | 'livekit'
  /** In the order in which they are tried, up to the one that speaks. */
  speech: { server: Server; fate: SpeechFate }[]
  microphone: 'works' | 'gives nothing' | 'raises'
  answer: Answer
  /** The first that is configured, which the line names, and the one that answers: none where all fail. */
  configuredListener: Server
  listener: Server | undefined
  asksFirst: 'repeat' | 'wait' | undefined
  /** Through the control channel, which is no failure. */
  toldToStop: 'speak' | 'record' | undefined
  stopped: Moment | undefined
  dies: Moment | undefined
  breaksUnexpectedly: boolean
  /** What it does where another has the floor. */
  floor: 'give up' | 'wait' | 'callback' | 'talk over'
  floorPatience: Micros
  holdsFloor: boolean
  speaks: Micros
  records: Micros
  transcribes: Micros
  /** From the end of a transcription to the line about it. */
  lag: Micros
  /** When its first utterance is to be written, where that matters. */
  firstUtteranceAt: Micros | undefined
}
