import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

const TIMEOUTS = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  test: {
    // On two cores there would be one worker, and most tests wait for processes of their own.
    maxWorkers: 2,
    globalSetup: ['test/buildDashboard.ts'],
    projects: [
      {
        test: {
          name: 'node',
          include: ['packages/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts'],
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
