import type { Host } from '../../packages/client/src/host.ts'
import type { SendReport } from '../../packages/client/src/send/send.ts'
import type { DetectedEnvironment } from '../../packages/client/src/settings/environment.ts'
import {
  addDays,
  type Day,
  dayAt,
  daysFromTo,
  dayTimestamp,
  deriveEventId,
  MS_PER_DAY,
} from '../../packages/protocol/src/index.ts'
import { type Random, randomOf } from '../scenes/random.ts'
import type { Client } from './client.ts'
import { type Fault, LOG_FAULTS } from './faults.ts'
import { Killed, Machine, type Process, ROOT, takeDisk } from './machine.ts'
import { requestBy } from './network.ts'
import { Server } from './server.ts'
import { type Clocks, running, Time, takeTime } from './time.ts'
import { Truth } from './truth.ts'

const HOME = `${ROOT}/home`
const BASE = `${HOME}/.voicemode`
const LOGS = `${BASE}/logs/conversations`
const SETTINGS = `${BASE}/voicemode.env`
const SECRET = `${BASE}/telemetry_secret`
const ENDPOINT = 'https://telemetry.example'
const START = Date.parse('2026-05-01T00:00:00Z')
const [MINUTE, HOUR] = [60_000, 3_600_000]
/** In minutes east of UTC. */
const ZONES = [0, 60, -300, 330, 660, -720, 840]
/** What the client's time of day and the rest after midnight leave of a day. */
const SETTLES_MS = 5 * MINUTE

export interface Outcome {
  seed: number
  /** What was found wrong; empty if nothing. */
  wrong: string[]
  /** What happened, line by line. */
  story: string[]
  /** How often each fault happened. */
  fired: Map<Fault, number>
  /** How many events the server has. */
  stored: number
}

let current: Run | undefined

/** Has this process's disk, time and chance come from the run that is under way. To be called once, before the first run. */
export function takeWorld(): void {
  const now = () => {
    if (!current) throw new Error('no run is under way')
    return current
  }
  takeTime(now)
  takeDisk(() => now().machine)
}

/** One run: weeks of one machine, its person and its server. The seed decides all of it. */
export async function simulate(seed: number, client: Client): Promise<Outcome> {
  const run = new Run(seed, client)
  current = run
  try {
    return await run.play()
  } finally {
    current = undefined
  }
}

interface SpawnOptions {
  env?: Record<string, string>
  /** Whether nothing goes wrong for it. */
  isSafe?: boolean
}

interface Spawned<Result> {
  process: Process
  ended: Promise<Result | undefined>
  isOver: boolean
  result: Result | undefined
  error: unknown
}

class Run implements Clocks {
  readonly random: Random
  readonly time: Time
  readonly machine: Machine
  readonly #client: Client
  readonly #seed: number
  readonly #truth: Truth
  readonly #story: string[] = []
  readonly #fired = new Map<Fault, number>()
  readonly #alive = new Set<Spawned<unknown>>()
  #server!: Server
  #zone = 0
  /** By how much the machine's clock is wrong, in milliseconds. */
  #skew = 0
  #networkFaults = 0
  #diskErrors = 0
  #kills = 0
  /** Whether the last answer was written by hand a moment ago, and may go with the power. */
  #isAnswerLoose = false
  /** When everything was last written to the disk. */
  #flushedAt = 0
  /** Whether the last answer was a no that has deleted everything. */
  #isErased = false
  #isHealed = false

  constructor(seed: number, client: Client) {
    this.#seed = seed
    this.#client = client
    this.random = randomOf(seed)
    this.time = new Time(START + this.random.whole(0, 23) * HOUR, this.random)
    this.machine = new Machine({
      now: () => this.machineNow(),
      random: this.random,
      fired: (fault) => this.#fire(fault),
      onPowerCut: () => running.exit(() => this.#cutPower()),
      delay: () => this.#delay(),
    })
    this.#truth = new Truth(() => ({ at: this.time.now, stamp: this.machineNow() }))
  }

  #delay(): Promise<void> {
    return new Promise((resolve) => {
      this.time.after(this.random.pick([0, 5, 500]), resolve)
    })
  }

  machineNow(): number {
    return this.time.now + this.#skew
  }

  async play(): Promise<Outcome> {
    const { random } = this
    this.#server = await Server.open(this.time, random)
    this.machine.disk.makeFolders(HOME)
    if (random.chance(0.7)) {
      this.machine.disk.makeFolders(BASE)
      this.machine.disk.write(SETTINGS, 'VOICEMODE_VOICES=af_sky\n')
    }
    this.machine.disk.syncAll()
    this.#networkFaults = random.pick([0, 0.3, 0.6, 0.8])
    this.#diskErrors = random.pick([0, 0, 0, 0, 0.002, 0.02])
    this.#kills = random.pick([0, 0, 0.1, 0.4])
    const leaps = random.chance(0.25)
    this.#say(`network ${this.#networkFaults}, disk ${this.#diskErrors}, kills ${this.#kills}`)
    if (random.chance(0.9)) await this.#yes()
    for (let n = random.whole(6, 16); n > 0 && this.#truth.wrong.length === 0; n--) await this.#act(leaps)
    await this.#idle()
    if (this.#truth.wrong.length === 0) await this.#heal()
    const stored = await this.#server.stored()
    this.#truth.checkStored(stored)
    this.#checkHistory(stored)
    const { wrong } = this.#truth
    return { seed: this.#seed, wrong, story: this.#story, fired: this.#fired, stored: stored.length }
  }

  async #act(leaps: boolean): Promise<void> {
    const { random } = this
    const acts: Record<string, () => unknown> = {
      speak: () => this.#speak(),
      later: () => this.#later(random.whole(1, 30) * HOUR),
      soon: () => this.time.pass(random.whole(0, 20_000)),
      send: () => this.#send(),
      show: () => this.#preview(),
      yes: () => this.#yes(),
      no: () => this.#no(),
      noByHand: () => this.#noByHand(),
      noOfEnvironment: () => this.#noOfEnvironment(),
      loseSecret: () => this.#loseSecret(),
      day: () => this.#day(),
      spoilLogs: () => this.#spoilLogs(),
      disk: () => this.#changeDisk(),
      power: () => this.#cutPower(),
      server: () => this.#restartServer(),
      zone: () => this.#changeZone(),
      clock: () => leaps && this.#leap(),
    }
    const act = random.weighted({
      ...{ day: 40, speak: 10, later: 10, soon: 8, send: 30, show: 10, yes: this.#truth.isYes ? 1 : 25 },
      ...{
        no: 4,
        noByHand: 2,
        noOfEnvironment: 1,
        spoilLogs: 2,
        disk: this.machine.state === 'well' ? 2 : 12,
      },
      ...{ power: 2, server: 1, zone: 2, clock: 4, loseSecret: 1 },
    })
    await acts[act]?.()
  }

  #say(what: string): void {
    const [at, shown] = [new Date(this.time.now), new Date(this.machineNow())].map((date) =>
      date.toISOString(),
    )
    this.#story.push(`${at}${at === shown ? '' : ` (the machine: ${shown})`} ${what}`)
  }

  #fire(fault: Fault): void {
    this.#say(`! ${fault}`)
    this.#fired.set(fault, (this.#fired.get(fault) ?? 0) + 1)
  }

  /** Starts a process. It goes on while others do, until somebody waits for it. */
  #spawn<Result>(
    name: string,
    work: (host: Host) => Promise<Result>,
    { env = {}, isSafe = false }: SpawnOptions = {},
  ): Spawned<Result> {
    const { random } = this
    const process: Process = {
      name,
      isDead: false,
      dies:
        !isSafe && random.chance(this.#kills)
          ? { atCall: random.whole(1, 250), of: random.pick(['kill', 'power']) }
          : undefined,
      interrupted: undefined,
      errors: isSafe ? 0 : this.#diskErrors,
      shortWrites: isSafe ? 0 : this.#diskErrors * 5,
      calls: 0,
      faults: [],
    }
    const host = this.#host(process, env)
    const spawned: Spawned<Result> = {
      process,
      isOver: false,
      result: undefined,
      error: undefined,
      ended: Promise.resolve(undefined),
    }
    this.#say(`${name} begins`)
    this.#alive.add(spawned)
    spawned.ended = running.run(process, async () => {
      try {
        spawned.result = await work(host)
      } catch (error) {
        spawned.error = error
      }
      spawned.isOver = true
      this.#alive.delete(spawned)
      if (process.isDead) {
        spawned.result = undefined
        this.#say(`${name} is dead`)
        return undefined
      }
      if (spawned.error !== undefined) this.#judgeError(spawned)
      this.#say(`${name} ends: ${JSON.stringify(spawned.result) ?? spawned.error ?? 'done'}`)
      return spawned.result
    })
    return spawned
  }

  /** The file system's errors may come out; anything else is a mistake in the program. */
  #judgeError({ process, error }: Spawned<unknown>): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (error instanceof Killed || !/^E[A-Z]+$/.test(code) || process.faults.length === 0)
      this.#truth.complain(`${process.name} throws ${error instanceof Error ? error.stack : error}`)
  }

  #host(process: Process, env: Record<string, string>): Host {
    const { random } = this
    return {
      env: { VOICEMODE_TELEMETRY_ENDPOINT: ENDPOINT, ...env },
      platform: 'linux',
      workingDirectory: HOME,
      systemRoot: ROOT,
      hostName: 'machine',
      isCI: false,
      userId: 1000,
      now: () => Math.floor(this.machineNow()),
      elapsedMs: () => this.time.now,
      randomBytes: (length) => Uint8Array.from({ length }, () => random.whole(0, 255)),
      request: requestBy(process, {
        time: this.time,
        random,
        server: this.#server,
        fired: (fault) => this.#fire(fault),
        faults: () => (this.#isHealed ? 0 : this.#networkFaults),
        onGoing: (url) => url.endsWith('/v1/events') && this.#truth.goesOn(),
        onRequest: (url, body) => {
          this.#say(`${process.name} asks ${url.slice(ENDPOINT.length)}`)
          if (url.endsWith('/v1/events')) this.#truth.leaves(body)
        },
        onAnswer: async (url, body, response) => {
          if (response.status !== 200)
            this.#say(`the server answers ${response.status}: ${await response.text()}`)
          else if (url.endsWith('/v1/events')) this.#truth.acknowledged(body)
          else
            this.#truth.forgottenIds.add(((await response.json()) as { telemetry_id: string }).telemetry_id)
        },
      }),
      startDetached: () => false,
      runWatched: async () => null,
      openInBrowser: async () => false,
      endAfter: () => {},
      directories: this.#client.directoriesOf(env, HOME, HOME),
    }
  }

  /** Waits for processes; what a dead one waited for comes at once. */
  async #idle(which: Iterable<Spawned<unknown>> = this.#alive): Promise<void> {
    const all = [...which]
    await this.time.until(() => all.every(({ isOver }) => isOver))
  }

  #kill(process: Process): void {
    process.isDead = true
    this.time.release(process)
  }

  #cutPower(): void {
    for (const { process } of this.#alive) {
      process.faults.push('power failure')
      this.#kill(process)
    }
    const { torn, names } = this.machine.disk.cutPower(this.random)
    this.#fire('power failure')
    if (torn > 0) this.#fire('file torn or lost by a power failure')
    if (names > 0) this.#fire('rename or deletion lost by a power failure')
    this.#truth.loseSpoken(this.#flushedAt)
    const before = this.#truth.answers
    const state = this.#client.readDecision(this.#safeHost()).state
    if (!this.#isAnswerLoose && before.size === 1) {
      if (before.has('yes') && state !== 'granted' && !this.#fired.has('read that fails'))
        this.#truth.complain('a power failure takes a recorded yes')
      if (!before.has('yes') && state === 'granted')
        this.#truth.complain('a power failure takes a recorded no')
      if (this.#isErased) this.#checkErased('after a power failure')
    }
    this.#adoptAnswer()
  }

  /** After an answer that broke off, what the disk says is the answer. */
  #adoptAnswer(): void {
    const { state } = this.#client.readDecision(this.#safeHost())
    this.#truth.settleAnswer(state === 'granted' ? 'yes' : 'no')
    if (!this.machine.disk.find(SECRET)) this.#truth.loseId()
  }

  #safeHost(): Host {
    return this.#host({ ...STEADY, faults: [] }, {})
  }

  async #day(): Promise<void> {
    this.#speak()
    await this.#later(this.random.whole(18, 30) * HOUR)
    await this.#send()
  }

  async #later(ms: number): Promise<void> {
    await this.#idle()
    await this.time.pass(ms)
    this.machine.disk.syncAll()
    this.#flushedAt = this.time.now
    this.#isAnswerLoose = false
  }

  /** Two exchanges of one session, as VoiceMode logs them. */
  #speak(): void {
    const end = Math.floor(this.machineNow())
    const began = end - this.random.whole(1, 100_000)
    const id = `conv_${this.random.letters(8)}`
    this.machine.disk.makeFolders(LOGS)
    for (const [type, stamp] of [
      ['tts', began],
      ['stt', end],
    ] as const) {
      const local = new Date(stamp + this.#zone * MINUTE).toISOString()
      const [sign, zone] = [this.#zone < 0 ? '-' : '+', Math.abs(this.#zone)]
      const two = (n: number) => String(n).padStart(2, '0')
      const timestamp = `${local.slice(0, 23)}${sign}${two(Math.floor(zone / 60))}:${two(zone % 60)}`
      const line = JSON.stringify({
        version: 3,
        timestamp,
        conversation_id: id,
        type,
        text: 'said',
        metadata: {},
      })
      this.machine.disk.write(`${LOGS}/exchanges_${local.slice(0, 10)}.jsonl`, `${line}\n`, 'append')
    }
    this.#truth.spoke({ at: this.time.now, stamp: end }, began)
    this.#say(`the person speaks, on ${dayAt(end)}`)
    if (this.#truth.clockMoved) this.#truth.forgetShown()
  }

  async #send(): Promise<void> {
    const senders = this.random.weighted({ 1: 6, 2: 3, 3: 1 })
    if (senders !== '1') this.#fire(senders === '2' ? 'two senders' : 'three senders')
    const sent = Array.from({ length: Number(senders) }, () => this.#startSender())
    if (this.random.chance(0.5)) await this.#idle(sent)
    else await this.time.pass(this.random.whole(0, 2_000))
  }

  #startSender(isSafe = false): Spawned<unknown> {
    const { sendDue, sendInBackground, sendQueued, detectEnvironment } = this.#client
    const kind = isSafe ? 'due' : this.random.weighted({ due: 6, background: 3, queued: 1 })
    const waitMs = this.random.pick([0, 0, 15_000])
    const answered = this.#truth.answered
    let begun = this.machineNow()
    const spawned = this.#spawn(
      `send (${kind})`,
      async (host) => {
        this.#client.noteEnvironmentNo(host)
        begun = host.now()
        const options = { environment: detectEnvironment(host) as DetectedEnvironment, waitMs }
        if (kind === 'queued') return sendQueued(host)
        return kind === 'due' ? sendDue(host, options) : sendInBackground(host, options)
      },
      { isSafe },
    )
    const { process } = spawned
    if (!isSafe && this.random.chance(0.25)) {
      const act = this.random.pick([() => this.#writeNoDuringSend(), () => this.#speak()])
      process.interrupted = { atCall: this.random.whole(1, 300), act }
    }
    if (!isSafe && this.random.chance(0.1)) {
      running.exit(() =>
        this.time.after(this.random.whole(1, 2_500), () => {
          const isAnswering = [...this.#alive].some(({ process: { name } }) => !name.startsWith('send ('))
          if (!spawned.isOver && !isAnswering) this.#writeNoDuringSend()
        }),
      )
    }
    if (kind === 'background') {
      running.exit(() => this.time.after(15_000, () => !spawned.isOver && this.#endLife(process)))
    }
    void spawned.ended.then(async (ended) => {
      const report = ended as SendReport | undefined
      const hadChance =
        kind !== 'queued' && report?.outcome === 'done' && process.faults.length === 0 && !process.isDead
      if (!hadChance || this.#truth.clockMoved) return
      if (!this.#truth.isYes || this.#truth.answered !== answered) return
      this.#truth.checkReported(dueAt(begun), await this.#server.stored())
    })
    return spawned
  }

  /** The time of a process in the background is over. */
  #endLife(process: Process): void {
    this.#fire('end of a background process')
    this.#kill(process)
  }

  async #preview(): Promise<void> {
    const { previewDay, detectEnvironment } = this.#client
    const day = addDays(dayAt(this.machineNow()), -this.random.whole(1, 6))
    const shown = this.#spawn(`preview of ${day}`, (host) => previewDay(host, day, detectEnvironment(host)))
    const answered = this.#truth.answered
    await this.#idle([shown])
    const { result, process } = shown
    const isFinal = day < dayAt(this.machineNow() - SETTLES_MS) && answered === this.#truth.answered
    if (!result?.body || process.faults.length > 0 || !this.#truth.isYes || !isFinal) return
    const { telemetry_id } = JSON.parse(result.body)
    this.#truth.shown(deriveEventId(telemetry_id, dayTimestamp(day)), result.body)
  }

  async #yes(): Promise<void> {
    await this.#settleAnswers()
    this.#isErased = false
    this.#truth.beginAnswer('yes')
    const granted = this.#spawn('yes', (host) => this.#client.grantConsent(host, 'command'))
    await this.#idle([granted])
    const { process, result } = granted
    this.#truth.forgetShown()
    this.#isAnswerLoose = process.faults.length > 0
    if (this.#isAnswerLoose) return this.#adoptAnswer()
    if (result?.state !== 'granted') this.#truth.complain(`a yes is not recorded: ${result?.decidedBy}`)
    this.#truth.settleAnswer('yes')
  }

  async #no(): Promise<void> {
    await this.#settleAnswers()
    const wantsForgetting = this.random.chance(0.3)
    this.#truth.beginAnswer('no')
    const withdrawn = this.#spawn('no', (host) =>
      this.#client.withdrawConsent(host, 'command', async () => wantsForgetting),
    )
    await this.#idle([withdrawn])
    const { process, result } = withdrawn
    if (!result || result.undone.length > 0) {
      if (process.faults.length === 0) this.#truth.complain(`a no is not recorded: ${result?.undone}`)
      this.#adoptAnswer()
      this.#truth.loseId()
      return
    }
    if (this.#client.readDecision(this.#safeHost()).state === 'granted')
      this.#truth.complain('a no does not count')
    this.#truth.settleAnswer('no')
    this.#truth.endYes()
    // A sync that failed is no failure of a no.
    this.#isAnswerLoose = process.faults.length > 0
    this.#isErased = !this.#isAnswerLoose
    this.#checkErased('after a no')
    await this.#idle()
    if (this.#isErased) this.#checkErased('after a no and the last sender')
  }

  /** An answer at a time, and none while one is being recorded. */
  async #settleAnswers(): Promise<void> {
    await this.time.pass(this.random.whole(0, 3_000))
    const answering = [...this.#alive].filter(({ process }) => !process.name.startsWith('send'))
    await this.#idle(answering)
  }

  #checkErased(when: string): void {
    const left = ['telemetry_queue', 'telemetry_secret', 'telemetry_id'].filter((name) =>
      this.machine.disk.find(`${BASE}/${name}`),
    )
    const folder = this.machine.disk.find(BASE)
    const halfWritten = folder?.kind === 'folder' ? [...folder.entries.keys()] : []
    left.push(...halfWritten.filter((name) => /^\.telemetry_(secret|id)\./.test(name)))
    if (left.length > 0) this.#truth.complain(`left behind ${when}: ${left}`)
  }

  async #noByHand(): Promise<void> {
    await this.#settleAnswers()
    this.#writeNo()
    await this.time.pass(this.random.whole(0, 3_000))
  }

  #writeNo(): void {
    const found = this.machine.disk.find(SETTINGS)
    const text = found?.kind === 'file' ? found.content.toString() : ''
    this.#say('the person writes a no into the settings')
    this.machine.disk.makeFolders(BASE)
    this.machine.disk.write(SETTINGS, `${text}\nVOICEMODE_TELEMETRY=false\n`)
    this.#truth.beginAnswer('no')
    this.#truth.settleAnswer('no')
    this.#isAnswerLoose = true
    this.#fire('no by hand')
  }

  #writeNoDuringSend(): void {
    this.#fire('no by hand during a send')
    this.#writeNo()
  }

  /** As by somebody who wants another id and knows no command for that. */
  #loseSecret(): void {
    if (!this.machine.disk.find(SECRET)) return
    this.machine.disk.remove(SECRET)
    this.#truth.loseId()
    this.#fire('secret lost')
  }

  async #noOfEnvironment(): Promise<void> {
    await this.#settleAnswers()
    this.#truth.beginAnswer('no')
    const { sendDue, noteEnvironmentNo, detectEnvironment } = this.#client
    const seen = this.#spawn(
      'send under DO_NOT_TRACK',
      async (host) => {
        noteEnvironmentNo(host)
        return sendDue(host, { environment: detectEnvironment(host), waitMs: 0 })
      },
      { env: { DO_NOT_TRACK: '1' } },
    )
    await this.#idle([seen])
    this.#fire('no of the environment')
    this.#isAnswerLoose = seen.process.faults.length > 0
    if (this.#isAnswerLoose) return this.#adoptAnswer()
    this.#truth.settleAnswer('no')
  }

  /** Logs are cut short, spoilt in the middle, taken away, or hold a line that ends nowhere. */
  #spoilLogs(): void {
    const { random } = this
    const folder = this.machine.disk.find(LOGS)
    const names =
      folder?.kind === 'folder' ? [...folder.entries.keys()].filter((name) => name.endsWith('.jsonl')) : []
    if (names.length === 0) return
    const name = random.pick(names)
    const path = `${LOGS}/${name}`
    const node = this.machine.disk.get(path, 'damage')
    if (node.kind !== 'file') return
    this.#truth.spoil(name.slice('exchanges_'.length, -'.jsonl'.length))
    const { content } = node
    const cut = random.whole(0, content.length)
    const fault = random.pick(LOG_FAULTS)
    const { disk } = this.machine
    switch (fault) {
      case 'log cut short':
        disk.write(path, content.subarray(0, cut))
        break
      case 'log with zeros':
        disk.write(path, Buffer.concat([content.subarray(0, cut), Buffer.alloc(64)]))
        break
      case 'log with garbage':
        disk.write(path, Buffer.from(Array.from({ length: 300 }, () => random.whole(0, 255))), 'append')
        break
      case 'log rotated away':
        disk.rename(path, `${path}.1`)
        break
      default:
        throw fault satisfies never
    }
    this.#fire(fault)
  }

  #changeDisk(): void {
    this.machine.state = this.random.pick(['well', 'full', 'read-only'])
    this.#say(`the disk is ${this.machine.state}`)
  }

  #restartServer(): void {
    this.#server.restart()
    this.#fire('server restarted')
  }

  #changeZone(): void {
    this.#zone = this.random.pick(ZONES)
    this.#fire('zone changed')
  }

  async #leap(): Promise<void> {
    await this.#idle()
    this.#skew = this.random.pick([0, 0, -1, 1]) * this.random.whole(1, 40) * MS_PER_DAY
    this.#truth.moveClock()
    this.#fire('clock set')
  }

  /** Everything is well again. Then what is due is sent within days. */
  async #heal(): Promise<void> {
    this.#say('everything is well again')
    this.#isHealed = true
    this.#skew = 0
    if (this.#truth.clockMoved) this.#truth.moveClock()
    this.#kills = 0
    this.#diskErrors = 0
    this.machine.state = 'well'
    this.machine.disk.syncAll()
    this.#adoptAnswer()
    if (!this.#truth.isYes) return
    let report: unknown
    // A clock that has leapt is believed after two days; a server may ask to wait for one.
    for (let n = 0; n < (this.#truth.clockMoved ? 5 : 2); n++) {
      this.#speak()
      await this.#later(25 * HOUR)
      const sent = this.#startSender(true)
      await this.#idle([sent])
      report = sent.result
      if (this.#truth.wrong.length > 0) return
    }
    if ((report as { outcome: string } | undefined)?.outcome !== 'done')
      this.#truth.complain(`nothing is sent, though all is well: ${JSON.stringify(report)}`)
  }

  /** What the history calls sent, the server has, byte for byte, unless it was asked to delete it. */
  #checkHistory(stored: readonly string[]): void {
    const { sent } = this.#client.directoriesOf({}, HOME, HOME)
    const folder = this.machine.disk.find(sent)
    if (folder?.kind !== 'folder') return
    for (const [name, node] of folder.entries) {
      if (node.kind !== 'file' || !name.startsWith('event_')) continue
      const body = node.content.toString('utf8')
      const id = /"telemetry_id": ?"([^"]+)"/.exec(body)?.[1] ?? ''
      if (!this.#truth.forgottenIds.has(id) && !stored.includes(body))
        this.#truth.complain(`the history calls sent what the server does not have: ${name}`)
    }
  }
}

/** A process for which nothing goes wrong. */
const STEADY: Process = {
  name: '',
  isDead: false,
  dies: undefined,
  interrupted: undefined,
  errors: 0,
  shortWrites: 0,
  calls: 0,
  faults: [],
}

/** The days that are over and still due at an instant. */
function dueAt(now: number): Day[] {
  return daysFromTo(addDays(dayAt(now), -7), dayAt(now)).filter((day) => day < dayAt(now - SETTLES_MS))
}
