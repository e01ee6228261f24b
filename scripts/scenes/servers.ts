/** A speech server, and the words under which an event knows it. */
export interface Server {
  /** Undefined where VoiceMode gives its name alone. */
  url: string | undefined
  /** What VoiceMode calls it in a `tts` line. */
  speakerName: string
  /** What VoiceMode calls it in an `stt` line; a survey's line says {@link Server.type}. */
  listenerName: string
  type: string
  isLocal: boolean
  voice: string
  /** By its address. */
  speaker: string
  listener: string
  /** Where a line has its name alone. */
  speakerByName: string | undefined
  listenerByName: string | undefined
}

const OPENAI = {
  listenerName: 'openai-whisper',
  type: 'openai',
  isLocal: false,
  voice: 'nova',
  speaker: 'openai',
  listener: 'openai',
  speakerByName: 'openai',
  listenerByName: 'openai',
}
const LOCAL = {
  isLocal: true,
  voice: 'af_sky',
  listenerName: 'whisper-local',
  listenerByName: 'whisper-local',
}
const KOKORO = {
  ...LOCAL,
  speakerName: 'kokoro',
  type: 'kokoro',
  speaker: 'kokoro',
  listener: 'other',
  speakerByName: 'kokoro',
}
const WHISPER = {
  ...LOCAL,
  speakerName: 'whisper',
  type: 'whisper',
  speaker: 'other',
  listener: 'whisper-local',
  speakerByName: 'other',
}

export const SERVERS = {
  openai: { ...OPENAI, url: 'https://api.openai.com/v1', speakerName: 'openai' },
  openaiByName: { ...OPENAI, url: undefined, speakerName: 'OpenAI' },
  kokoro: { ...KOKORO, url: 'http://127.0.0.1:8880/v1' },
  whisper: { ...WHISPER, url: 'http://127.0.0.1:2022/v1' },
  mlx: {
    ...LOCAL,
    url: 'http://127.0.0.1:8890/v1',
    speakerName: 'mlx-audio',
    type: 'mlx-audio',
    speaker: 'mlx-audio',
    listener: 'mlx-audio',
    speakerByName: 'mlx-audio',
  },
  kokoroInTheHouse: { ...KOKORO, url: 'http://192.168.1.20:8880/v1' },
  whisperInTheHouse: { ...WHISPER, url: 'http://speech.lan:2022/v1' },
  ownMaking: {
    ...LOCAL,
    url: 'http://127.0.0.1:9000/v1',
    speakerName: 'local',
    type: 'local',
    speaker: 'other',
    listener: 'other',
    speakerByName: 'other',
  },
  elsewhere: {
    url: 'https://speech.example.org/v1',
    speakerName: 'unknown',
    listenerName: 'unknown',
    type: 'unknown',
    isLocal: false,
    voice: 'alloy',
    speaker: 'other',
    listener: 'other',
    speakerByName: undefined,
    listenerByName: undefined,
  },
  cartesia: {
    ...LOCAL,
    url: undefined,
    speakerName: 'cartesia',
    type: 'cartesia',
    isLocal: false,
    speaker: 'cartesia',
    listener: 'whisper-local',
    speakerByName: 'cartesia',
  },
  kokoroAloud: { ...KOKORO, url: undefined, speakerName: 'KOKORO', listener: 'whisper-local' },
} satisfies Record<string, Server>
