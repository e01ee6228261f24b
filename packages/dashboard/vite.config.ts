import { defineConfig } from 'vite'

export default defineConfig({
  // The viewer serves its page below an address of its own, so a page names its files from where it stands.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    rolldownOptions: { input: ['index.html', 'view.html'] },
    assetsDir: 'assets',
    // The page's policy allows nothing inline but style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
