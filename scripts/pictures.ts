import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHost } from '../packages/client/src/createHost.ts'
import { findPage } from '../packages/client/src/view/page.ts'
import { startViewer } from '../packages/client/src/view/viewServer.ts'
import { startServer } from '../packages/server/test/serverProcess.ts'
import { openBrowser } from '../test/browser.ts'
import { buildDashboard } from './buildDashboard.ts'
import type { Demo } from './demo/deliver.ts'

/** Takes the README's pictures, of what `npm start` has made: the dashboard and the viewer of one installation, light and dark. */

const root = fileURLToPath(new URL('..', import.meta.url))
const demo = join(root, '.demo')
const pictures = join(root, 'docs/pictures')
const WIDTH = 1080
const LAST_WEEK = '/?range=last-week'

if (!existsSync(join(demo, 'complete.json'))) {
  console.error('There is nothing to take pictures of. Run npm start first, until it prints its URLs.')
  process.exit(1)
}
const { lastDay } = JSON.parse(readFileSync(join(demo, 'complete.json'), 'utf8')) as Demo
await buildDashboard()
mkdirSync(pictures, { recursive: true })
const server = await startServer(join(demo, 'telemetry.db'))
const browser = await openBrowser()
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    await take('dashboard', `${server.url}${LAST_WEEK}`, { colorScheme, height: 1180 })
    const viewer = await startViewer(viewedHost(), {
      page: findPage() ?? '',
      days: 30,
      port: 0,
      idleMs: 60_000,
    })
    await take('viewer', viewer.url, { colorScheme, height: 760 })
    viewer.close()
  }
} finally {
  await browser.close()
  await server.end()
}

function viewedHost() {
  const base = join(demo, 'installation-050')
  const env = {
    VOICEMODE_BASE_DIR: base,
    VOICEMODE_TELEMETRY: 'true',
    VOICEMODE_TELEMETRY_ENDPOINT: server.url,
  }
  const now = () => Date.parse(lastDay) + 2 * 86_400_000
  return createHost({ env, homeDirectory: base, workingDirectory: base, isCI: false, now })
}

async function take(
  name: string,
  url: string,
  { colorScheme, height }: { colorScheme: 'light' | 'dark'; height: number },
): Promise<void> {
  const page = await browser.newPage({ viewport: { width: WIDTH, height }, colorScheme })
  await page.goto(url)
  await page.locator('main svg').first().waitFor()
  await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) })
  await page.close()
}
