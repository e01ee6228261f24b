import { fileURLToPath } from 'node:url'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

/** Tests start hundreds of processes, most of whose time would go into reading the same sources. */
const NODE_COMPILE_CACHE = fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url))

const TIMEOUTS = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    // On two cores there would be one worker, and most tests wait: for processes of their own, for time-outs, for the disk.
    maxWorkers: 3,
    globalSetup: ['test/buildDashboard.ts', 'test/browser.ts'],
    projects: [
      {
        test: {
          name: 'node',
          include: ['packages/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts'],
          env: { NODE_COMPILE_CACHE },
          setupFiles: ['test/replay.ts'],
          ...TIMEOUTS,
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: 'packages/server/wrangler.jsonc' } })],
        test: {
          name: 'workerd',
          include: ['packages/server/worker-test/*.test.ts'],
          ...TIMEOUTS,
        },
      },
    ],
  },
})
