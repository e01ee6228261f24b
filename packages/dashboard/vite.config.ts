import { defineConfig } from 'vite'

export default defineConfig({
  // The viewer serves its page under a path of its own, so links to assets are relative.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    rolldownOptions: { input: ['index.html', 'view.html'] },
    // The content security policy allows inline styles, and nothing else inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.json' },
  },
})
