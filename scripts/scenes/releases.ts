/** What a release of VoiceMode does otherwise than others. */
export interface Release {
  /** As it writes it itself. */
  version: string
  /** The `version` of an exchange. */
  schema: number
  conversations: 'logs' | 'logs/conversations'
  /** Both exchanges of a call are written as it ends, and none where nothing was heard. */
  writesAtEnd: boolean
  /** Exchanges say who really spoke, and give addresses. */
  namesServers: boolean
  transportOfSpokenOnly: string | undefined
  spokenOnlyEndsAs: boolean
  /** Silence is sent to the server too. */
  transcribesSilence: boolean
  /** A transcription that failed looks like silence. */
  mistakesFailureForSilence: boolean
  saysWhoTranscribed: boolean
  hasFloor: boolean
  saysCancelled: boolean
  hasSurveys: boolean
  hasLivekit: boolean
  /** Names what went wrong. No release up to 8.12 does. */
  logsErrors: boolean
}

/** Releases that differ in what they write; the last is not out yet, and writes down what went wrong. */
export const RELEASES = [
  '2.6.0',
  '2.14.0',
  '2.17.0',
  '6.0.2',
  '7.0.0',
  '7.1.0',
  '8.0.0',
  '8.12.0',
  '8.12.1.dev3+g1f2e',
  '9.0.0',
] as const

export function releaseOf(version: string): Release {
  const since = (major: number, minor: number) => isAtLeast(version, major, minor)
  return {
    version,
    schema: since(2, 17) ? 3 : since(2, 14) ? 2 : 1,
    conversations: since(2, 17) ? 'logs/conversations' : 'logs',
    writesAtEnd: !since(2, 14),
    namesServers: since(2, 17),
    transportOfSpokenOnly: since(7, 5)
      ? 'local'
      : since(6, 1)
        ? 'auto'
        : since(2, 14)
          ? 'speak-only'
          : undefined,
    spokenOnlyEndsAs: !since(6, 1) || since(9, 0),
    transcribesSilence: !since(4, 7),
    mistakesFailureForSilence: !since(4, 7),
    saysWhoTranscribed: since(7, 1),
    hasFloor: since(8, 0),
    saysCancelled: since(8, 6),
    hasSurveys: since(8, 12),
    hasLivekit: !since(7, 5),
    logsErrors: since(9, 0),
  }
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number)
  return ownMajor > major || (ownMajor === major && ownMinor >= minor)
}
