import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import manifest from '../packages/server/package.json' with { type: 'json' }

test("a clone's command starts a server that shows the dashboard of the present sources", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloned-'))
  const command = fileURLToPath(
    new URL(`../packages/server/${manifest.bin['voicemode-telemetry-server']}`, import.meta.url),
  )
  const args = [command, '--port', '0', '--json', '--database', `sqlite:${join(folder, 'test.db')}`]
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [line] = await once(server.stdout, 'data')
    const { url } = JSON.parse(String(line)) as { url: string }
    expect(await (await fetch(url)).text()).toContain('<script type="module"')
  } finally {
    server.kill()
    await once(server, 'close')
    rmSync(folder, { recursive: true })
  }
})
