import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/buildDashboard.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
