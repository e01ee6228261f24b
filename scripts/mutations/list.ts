/** One rule, and the client without it. */
export interface Mutation {
  rule: string
  /** Below packages/client/src. */
  file: string
  from: string
  to: string
  /** What must notice. */
  by: 'scenes' | 'simulation'
}

type Change = readonly [rule: string, from: string, to: string]

const SESSIONS: readonly Change[] = [
  [
    'a session ends at a silence of 5 minutes sharp',
    'exchange.at - session.last >= SESSION_GAP_US',
    'exchange.at - session.last > SESSION_GAP_US',
  ],
  ['a shorter silence ends no session', 'SESSION_GAP_US = 5 * 60', 'SESSION_GAP_US = 4 * 60'],
  ['a longer silence ends a session', 'SESSION_GAP_US = 5 * 60', 'SESSION_GAP_US = 6 * 60'],
  ['conversations are apart', 'open.get(exchange.conversationId)', "open.get('')"],
  ['exchanges count in the order of their times', 'exchanges.toSorted((a, b) => a.at - b.at)', 'exchanges'],
  [
    'the last transport that is named counts',
    'exchange.transport ?? session.transport',
    'session.transport ?? exchange.transport',
  ],
  [
    'without exchanges a session ends 5 minutes after the end of a call',
    'call.begunAt - session.last >= SESSION_GAP_US',
    'call.begunAt - session.first >= SESSION_GAP_US',
  ],
  [
    'without exchanges a session lasts to the end of its calls',
    'Math.max(session.last, call.endedAt)',
    'call.begunAt',
  ],
  [
    'without exchanges what sounded in the calls counts as exchanges',
    'session.exchanges += call.exchanges',
    'session.exchanges += 1',
  ],
]

const DAYS: readonly Change[] = [
  [
    'a session belongs to the day on which it ends',
    'isOfDay(last) && first >= since',
    'isOfDay(first) && first >= since',
  ],
  ['a session that may still go on is left for later', ' && now - last >= SESSION_GAP_US', ''],
  ['sessions from before the yes do not count', ' && first >= since', ''],
  ['operations from before the yes do not count', 'call.endedAt >= since && ', ''],
  [
    'without calls exchanges from before the yes do not count',
    'exchanges.filter(({ at }) => at >= since).map(failedStepIn)',
    'exchanges.map(failedStepIn)',
  ],
  ['errors from before the yes do not count', '.filter(({ at }) => at >= since)\n      .flatMap', '.flatMap'],
  [
    'an operation is on the day on which it ends',
    '({ endedAt }) => isOfDay(endedAt)',
    '({ begunAt }) => isOfDay(begunAt)',
  ],
  [
    'without calls exchanges are the operations',
    'calls.length > 0\n        ? calls',
    'calls.length >= 0\n        ? calls',
  ],
  [
    'without event log lines exchanges tell of errors',
    '(hasEvents ? failures : exchanges)',
    '(failures as readonly { at: number; error: ErrorType | undefined }[])',
  ],
  [
    'of an exchange that failed the step is told by its kind',
    "kind === 'tts' ? 'speak' : 'transcribe'",
    "'speak'",
  ],
  ['the newest version counts', 'newest.at > one.at ? newest : one', 'newest.at < one.at ? newest : one'],
]

const READING: readonly Change[] = [
  ['the next file can hold the end of a day', 'for (const date of [day, last])', 'for (const date of [day])'],
  ['the file before can hold the beginning of a day', 'await logs.readBackTo(date, from)', 'false'],
  [
    'a session is followed into the file before',
    'needed: begun(sessions).map((first) => first - SESSION_GAP_US) }',
    'needed: [] }',
  ],
  [
    'without exchanges sessions are calls',
    'hasExchanges ? spoken.sessions : done.sessions',
    'spoken.sessions',
  ],
  [
    'releases up to 2.16 write to another folder',
    '[folders.olderConversations, folders.conversations]',
    '[folders.conversations]',
  ],
]

const EXCHANGES: readonly Change[] = [
  [
    'silence that nobody was asked about names nobody',
    'metadata.transcription_time !== 0',
    'metadata !== undefined',
  ],
  [
    'an exchange without an error has not failed',
    "value === undefined || value === null || value === ''",
    'value === undefined',
  ],
]

const PROVIDERS: readonly Change[] = [
  [
    'the address goes before the name',
    'if (isNamed(url)) return',
    'if (isNamed(url) && !isNamed(name)) return',
  ],
  ['api.openai.com is openai', "['api.openai.com', 'openai'],", ''],
  ['port 8880 is kokoro', "['8880', 'kokoro'],", ''],
  ['port 2022 is whisper-local', "['2022', 'whisper-local'],", ''],
  ['port 8890 is mlx-audio', "['8890', 'mlx-audio'],", ''],
  ['openai-whisper is openai', "['openai-whisper', 'openai'],", ''],
  ['whisper is whisper-local', "['whisper', 'whisper-local'],", ''],
  ['cartesia is cartesia', "['cartesia', 'cartesia'],", ''],
  ['names are read without regard to case', 'name.toLowerCase()', 'name'],
  ['unknown names nobody', "['unknown', 'no-op', 'none']", "['no-op', 'none']"],
  ['no-op names nobody', "['unknown', 'no-op', 'none']", "['unknown', 'none']"],
  [
    'a provider of the wrong kind is other',
    "(words.find((word) => word === name) ?? 'other')",
    'words.find((word) => word === name)',
  ],
  [
    'a server elsewhere beside a local name is remote',
    "if (isLocal === false && LOCAL.includes(named)) return 'remote'",
    '',
  ],
  ['mlx-audio is local', "['whisper-local', 'mlx-audio']\n", "['whisper-local']\n"],
  ['a local server beside openai is other', "if (isLocal === true && named === 'openai') return 'other'", ''],
  ['a survey is local', "['survey', 'speak-only', 'auto']", "['speak-only', 'auto']"],
  ['speak-only is local', "['survey', 'speak-only', 'auto']", "['survey', 'auto']"],
  ['auto is local', "['survey', 'speak-only', 'auto']", "['survey', 'speak-only']"],
]

const NEARBY: readonly Change[] = [
  ['an answer tells within 2 seconds, these included', '<= ANSWER_REACH_US', '< ANSWER_REACH_US'],
  ['an answer tells no further than 2 seconds', 'ANSWER_REACH_US = 2 *', 'ANSWER_REACH_US = 4 *'],
  [
    'a transcription without a word tells who answered',
    "['STT_COMPLETE', 'STT_NO_SPEECH']",
    "['STT_COMPLETE']",
  ],
  ['the nearest answer tells', 'distance(after - 1) <= distance(after) ? after - 1 : after', 'after'],
]

const CALLS: readonly Change[] = [
  [
    'a line is of the call that has the floor',
    'const holder = this.#holder\n    if (holder) {',
    'const holder = this.#holder\n    if (holder && sessionId === undefined) {',
  ],
  ['but where its id is of a call that passed the floor by', '?? holder\n    }', '&& holder\n    }'],
  [
    'after a wait the floor goes to the call that waits',
    "ofProcess('next') ?? this.#newcomer",
    'this.#newcomer',
  ],
  [
    'a wait begins for the call that was blocked last',
    'return this.#lastBlocked(pid)',
    'return this.#newcomer(sessionId)',
  ],
  [
    'a wait ends for the call of that process that waits',
    "return ofProcess('waiting')",
    'return this.#newcomer(sessionId)',
  ],
  [
    'a call that ends is the one that released the floor',
    'if (released && this.#open.includes(released)) return released',
    '',
  ],
  ['one that waits does not end before its wait', "floor !== 'waiting'", 'true'],
  [
    'the newest call with its session ends',
    'candidates.at(-1)\n    if (!call)',
    'candidates[0]\n    if (!call)',
  ],
  ['a call that was cancelled is left out', 'if (isCancelled) call.isCancelled = true', ''],
  [
    'of repeated lines the last counts',
    '[...this.types.filter((one) => one !== type), type]',
    '[...new Set(this.types).add(type)]',
  ],
  [
    'without a floor a line without an id is of the call that was written of last',
    'latest(candidates, (call) => call.lastLine) : candidates.at(-1)\n  }',
    'candidates[0] : candidates.at(-1)\n  }',
  ],
  ['a session that is over leaves no id', '|| (sessionId === undefined && call.isSessionOver)', ''],
  ['STT_NO_SPEECH is an exchange of a call', "'STT_COMPLETE', 'STT_NO_SPEECH']", "'STT_COMPLETE']"],
  ['TTS_FIRST_AUDIO is an exchange of a call', "['TTS_FIRST_AUDIO', 'STT_COMPLETE'", "['STT_COMPLETE'"],
  ['a blocked call is left out', 'blockedAt !== undefined && floorAt === undefined', 'false'],
  [
    'a call that got the floor after a wait is not blocked',
    ' && floorAt === undefined && !hasActed',
    ' && !hasActed',
  ],
]

const OPERATIONS: readonly Change[] = [
  ['a cancelled call is no operation', '!isCancelled && ', ''],
  ['a blocked call is no operation', '!isCancelled && !isBlocked', '!isCancelled'],
  [
    'what was only to be spoken failed only if nobody heard it',
    'if (call.onlySpeaks && (hearing.hasExchanges ? wasHeard : !brokeOff(call))) return undefined',
    '',
  ],
  ['it was heard after it got the floor', 'call.floorAt ?? call.begunAt', 'call.begunAt'],
  [
    'without exchanges it failed where it was not played to its end',
    'hearing.hasExchanges ? wasHeard : !brokeOff(call)',
    'wasHeard',
  ],
  ['a survey that nobody heard failed', "spokeInVain(call) && !wasHeard ? 'speak' : undefined", 'undefined'],
  ['one that began to sound did not', "['TTS_FIRST_AUDIO', 'TTS_PLAYBACK_END',", "['TTS_PLAYBACK_END',"],
  ['one that went on to listen did not', "'TTS_PLAYBACK_END', 'RECORDING_START']", "'TTS_PLAYBACK_END']"],
  ['nor one of which an exchange tells', 'spokeInVain(call) && !wasHeard', 'spokeInVain(call)'],
  ['the furthest step is transcribe', "if (isUnfinished(call, 'STT_START', heard)) return 'transcribe'", ''],
  ['or record', "if (isUnfinished(call, 'RECORDING_START', ['STT_START', ...heard])) return 'record'", ''],
  ['or speak', "if (isUnfinished(call, 'TTS_START', heard)) return 'speak'", ''],
]

const ERRORS: readonly Change[] = [
  [
    'the earliest name is the kind',
    'of text.matchAll(CLASS_PATH)',
    'of [...text.matchAll(CLASS_PATH)].reverse()',
  ],
  [
    'a name is a whole word',
    'if (KINDS.has(name)) return name as ErrorType',
    'const kind = [...KINDS].find((one) => name.includes(one))\n      if (kind) return kind as ErrorType',
  ],
  ['a class path counts as its last part', "path.slice(path.lastIndexOf('.') + 1)", 'path'],
]

const LINES: readonly Change[] = [
  [
    'error_type is read before error before message',
    '[data.error_type, data.error, data.message]',
    '[data.message, data.error, data.error_type]',
  ],
  ['an error is a line of a type that says so', "type.endsWith('_ERROR')", "type === 'TTS_ERROR'"],
]

const FIELDS: readonly Change[] = [
  [
    'the day is of the MCP server where the event log holds a call',
    "hasCall ? 'mcp' : 'cli'",
    "hasCall ? 'mcp' : 'mcp'",
  ],
]

const JSON_LINES: readonly Change[] = [
  ['a bare Infinity spoils no line', '/NaN|Infinity/.test(line)', 'false'],
]

const FILES: readonly Change[] = [
  ['a file is on the disk before it gets its name', '      fsyncSync(file)\n', ''],
  ['a file is written beside its place', 'const temporary = join(', 'const temporary = path || join('],
  ['a file gets its name', '    moveWhole(temporary, path)\n', ''],
  [
    'a new name is on the disk',
    '  renamePatiently(from, to)\n  syncFolder(dirname(to))',
    '  renamePatiently(from, to)',
  ],
  [
    'a deletion is on the disk',
    '  rmSync(path, { recursive, force: true })\n  syncFolder(dirname(path))',
    '  rmSync(path, { recursive, force: true })',
  ],
  ['a new folder is on the disk', '  syncFolder(above)\n', ''],
  [
    'a write that took only a part goes on',
    'for (let written = 0; written < content.length; ) written += writeSync(file, content, written)',
    'writeSync(file, content, 0)',
  ],
]

const CONSENT: readonly Change[] = [
  ['a lost secret begins anew', 'proof.isKnown ? receipt : recordIdSince(host, receipt)', 'receipt'],
]

const ENVIRONMENT_NO: readonly Change[] = [
  ['a no of the environment is remembered', 'if (isNews(host)) updateState(', 'if (false) updateState('],
]

const SENDING: readonly Change[] = [
  ['no event is sent without a yes', 'signal.aborted || !stands()', 'signal.aborted'],
  ['an answer must name the event', '(acknowledged.event_id ?? eventId) !== eventId', 'false'],
  [
    'an answer must be 200',
    'status === 200 ? readJsonAs(acknowledgementSchema, answer) : undefined',
    '({ event_id: eventId })',
  ],
]

const PERMIT: readonly Change[] = [['a no stops a request', 'stands() || withdrawal.abort()', 'stands()']]

const DUE: readonly Change[] = [
  ['a day is sent once', 'if (!findEvent(host, eventId)) due.push(day)', 'due.push(day)'],
]

const DAYS_DUE: readonly Change[] = [
  ['a day is over before it is sent', "if (day >= dayAt(nowMs - DAY_SETTLES_MS)) return 'not over'", ''],
  ['a day is due for a week', 'REPORTED_DAYS = 7', 'REPORTED_DAYS = 1'],
]

const WITHDRAWAL: readonly Change[] = [
  ['a no deletes the queue', '() => eraseQueue(host), ', ''],
  ['a no deletes the id', '() => eraseIdentity(host), ', ''],
]

const QUEUE: readonly Change[] = [
  ['what was sent goes to the history', '    moveWhole(file.path, path)\n', '    rmSync(file.path)\n'],
]

/** Each takes one rule away. */
export const MUTATIONS: readonly Mutation[] = [
  ...mutationsOf('scenes', {
    'logs/session.ts': SESSIONS,
    'logs/day.ts': DAYS,
    'logs/readDays.ts': READING,
    'logs/exchange.ts': EXCHANGES,
    'logs/provider.ts': PROVIDERS,
    'logs/nearby.ts': NEARBY,
    'logs/call.ts': CALLS,
    'logs/operation.ts': OPERATIONS,
    'logs/errorType.ts': ERRORS,
    'logs/eventLine.ts': LINES,
    'logs/fields.ts': FIELDS,
    'logs/jsonLine.ts': JSON_LINES,
  }),
  ...mutationsOf('simulation', {
    'files/files.ts': FILES,
    'consent/writeRecord.ts': CONSENT,
    'consent/environmentNo.ts': ENVIRONMENT_NO,
    'send/deliver.ts': SENDING,
    'send/permit.ts': PERMIT,
    'send/send.ts': DUE,
    'send/due.ts': DAYS_DUE,
    'rights/withdraw.ts': WITHDRAWAL,
    'queue/queue.ts': QUEUE,
  }),
]

function mutationsOf(by: Mutation['by'], changes: Record<string, readonly Change[]>): Mutation[] {
  return Object.entries(changes).flatMap(([file, list]) =>
    list.map(([rule, from, to]) => ({ by, rule, file, from, to })),
  )
}
