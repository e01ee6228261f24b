import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import client from '../packages/client/package.json' with { type: 'json' }
import mcp from '../packages/mcp/package.json' with { type: 'json' }
import server from '../packages/server/package.json' with { type: 'json' }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloned-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs what a package's command is in a clone, in a home of its own, until it has written a line. */
async function firstLine(path: string, args: string[], input = '') {
  const command = fileURLToPath(new URL(`../packages/${path}`, import.meta.url))
  const env = { PATH: process.env.PATH, HOME: folder, USERPROFILE: folder } as NodeJS.ProcessEnv
  const child = spawn(process.execPath, [command, ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.write(input)
  let text = ''
  while (!text.endsWith('}\n')) text += String((await once(child.stdout, 'data'))[0])
  return {
    line: JSON.parse(text),
    async [Symbol.asyncDispose]() {
      child.kill()
      await once(child, 'close')
    },
  }
}

test("a clone's commands show the pages of the present sources", async () => {
  const database = `sqlite:${join(folder, 'test.db')}`
  for (const [path, ...args] of [
    [`server/${server.bin['voicemode-telemetry-server']}`, '--port', '0', '--json', '--database', database],
    [`client/${client.bin['voicemode-telemetry']}`, 'view', '--no-open', '--json'],
  ] as const) {
    await using started = await firstLine(path, args)
    expect(await (await fetch(started.line.url)).text()).toContain('<script type="module"')
  }
})

test("a clone's MCP server writes nothing but the protocol", async () => {
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  }
  const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })
  await using started = await firstLine(`mcp/${mcp.bin['voicemode-telemetry-mcp']}`, [], `${request}\n`)
  expect(started.line).toMatchObject({ jsonrpc: '2.0', id: 1 })
})

test("a clone that this user can't write builds nothing and stops no command", () => {
  const dashboard = join(folder, 'packages/dashboard')
  for (const path of [dashboard, join(folder, 'scripts')]) mkdirSync(path, { recursive: true })
  const script = join(folder, 'scripts/buildDashboard.ts')
  copyFileSync(fileURLToPath(new URL('../scripts/buildDashboard.ts', import.meta.url)), script)
  copyFileSync(
    fileURLToPath(new URL('../package-lock.json', import.meta.url)),
    join(folder, 'package-lock.json'),
  )
  chmodSync(folder, 0o755)
  chmodSync(dashboard, 0o555)
  // Root may write everywhere.
  const user = process.getuid?.() === 0 ? { uid: 54321, gid: 54321 } : {}
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', ...user })
  expect([status, stderr]).toEqual([0, ''])
})
