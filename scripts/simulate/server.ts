import { createApp } from '../../packages/server/src/app.ts'
import type { Host } from '../../packages/server/src/host.ts'
import { createIpAddressLimiter } from '../../packages/server/src/limits/ipAddressLimiter.ts'
import type { Driver } from '../../packages/server/src/store/driver.ts'
import { openSqlite } from '../../packages/server/src/store/drivers/sqlite.ts'
import { migrate } from '../../packages/server/src/store/migrate.ts'
import { createSqlStore } from '../../packages/server/src/store/sqlStore.ts'
import { raw, read } from '../../packages/server/src/store/statement.ts'
import { TABLE_NAMES } from '../../packages/server/src/store/tables.ts'
import type { Random } from '../scenes/random.ts'
import type { Time } from './time.ts'

const RETENTION_DAYS = 90

let known: Driver | undefined

/** To make a database takes as long as half a run, so there is one for all runs. */
async function emptyDatabase(): Promise<Driver> {
  if (!known) {
    known = openSqlite(':memory:', () => {})
    await migrate(known)
    await known.batch(
      TABLE_NAMES.map((name) => raw(`CREATE TEMP TABLE new_${name} AS SELECT * FROM ${name}`)),
    )
  }
  await known.batch(
    TABLE_NAMES.flatMap((name) => [
      raw(`DELETE FROM ${name}`),
      raw(`INSERT INTO ${name} SELECT * FROM new_${name}`),
    ]),
  )
  return known
}

/** The real server with its real store, without a socket. */
export class Server {
  readonly #driver: Driver
  readonly #host: Host
  #app: ReturnType<typeof createApp>

  private constructor(driver: Driver, host: Host) {
    this.#driver = driver
    this.#host = host
    this.#app = this.#start()
  }

  static async open(time: Time, random: Random): Promise<Server> {
    const driver = await emptyDatabase()
    return new Server(driver, {
      now: () => time.now,
      log() {},
      logLinesLost: () => 0,
      after() {},
      nextTurn: async () => {},
      giveWay: async () => {},
      randomBytes: (length) => Uint8Array.from({ length }, () => random.whole(0, 255)),
    })
  }

  /** It forgets what it has in memory. */
  restart(): void {
    this.#app = this.#start()
  }

  async answer(url: string, init: RequestInit): Promise<Response> {
    return this.#app.fetch(new Request(url, init))
  }

  /** The stored bodies, byte for byte. */
  async stored(): Promise<string[]> {
    const [rows = []] = await this.#driver.batch([read`SELECT body FROM events ORDER BY day, event_id`])
    return rows.map(({ body }) => String(body))
  }

  #start(): ReturnType<typeof createApp> {
    const host = this.#host
    return createApp({
      store: createSqlStore({ driver: this.#driver, host, eventsPerIdPerHour: 10 }),
      host,
      retentionDays: RETENTION_DAYS,
      ipAddresses: createIpAddressLimiter(host, 100),
      attempts: createIpAddressLimiter(host, 20),
      access: { by: 'loopback' },
      ipAddressOf: () => '127.0.0.1',
    })
  }
}
