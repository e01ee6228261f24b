import { defineConfig } from 'vite'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    assetsDir: 'assets',
    // The page's policy allows nothing inline but style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
