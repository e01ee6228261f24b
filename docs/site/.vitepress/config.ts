import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type MarkdownOptions } from 'vitepress'

/** Copies, which `scripts/buildDocs.ts` makes: VitePress wants pages below the packages that it needs. */
const pages = fileURLToPath(new URL('../pages', import.meta.url))

const decisions = globSync('docs/decisions/[0-9]*.md', { cwd: pages })
  .sort()
  .map((path) => ({
    text: /^# (.*)$/m.exec(readFileSync(join(pages, path), 'utf8'))?.[1] ?? path,
    link: `/${path}`,
  }))

export default defineConfig({
  title: 'VoiceMode Telemetry',
  description: 'Opt-in telemetry for VoiceMode: what leaves your machine, how to see it, how to stop it.',
  srcDir: pages,
  outDir: 'dist',
  cacheDir: 'node_modules/.cache/vitepress',
  rewrites: { 'README.md': 'index.md', ':folder(.*)/README.md': ':folder/index.md' },
  // Pages must open from any folder, with no server that rewrites URLs.
  cleanUrls: false,
  markdown: { config: linkToFiles, theme: { light: 'github-light', dark: 'github-dark' } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Privacy', link: '/PRIVACY' },
      { text: 'Say no', link: '/docs/opt-out' },
      { text: 'Questions', link: '/docs/faq' },
    ],
    sidebar: [
      {
        text: 'For everyone',
        items: [
          { text: 'Start', link: '/' },
          { text: 'Privacy', link: '/PRIVACY' },
          { text: 'How to say no', link: '/docs/opt-out' },
          { text: 'Questions and answers', link: '/docs/faq' },
          { text: 'How well events hide who sent them', link: '/docs/privacy-audit' },
          { text: 'Security', link: '/SECURITY' },
        ],
      },
      {
        text: 'For tools',
        items: [
          { text: 'Integrate it', link: '/docs/integrate' },
          { text: 'In the background', link: '/docs/background' },
          { text: 'AI assistants (MCP)', link: '/docs/mcp' },
          { text: 'The library', link: '/docs/api/library' },
          { text: 'The HTTP API', link: '/docs/api/http' },
        ],
      },
      {
        text: 'For operators',
        items: [
          { text: 'Deploy a server', link: '/docs/deploy/' },
          { text: 'Cloudflare', link: '/docs/deploy/cloudflare' },
          { text: 'One Linux host', link: '/docs/deploy/linux-host' },
          { text: 'Several hosts', link: '/docs/deploy/several-hosts' },
          { text: 'Operate a server', link: '/docs/operate' },
          { text: 'The dashboard', link: '/docs/dashboard' },
          { text: 'How far each home carries', link: '/docs/scale' },
          { text: 'Windows and macOS', link: '/docs/platforms' },
        ],
      },
      {
        text: 'For contributors',
        items: [
          { text: 'Architecture', link: '/ARCHITECTURE' },
          { text: 'Contributing', link: '/CONTRIBUTING' },
          { text: 'Changes', link: '/CHANGELOG' },
          { text: 'Decisions', collapsed: true, items: decisions },
        ],
      },
    ],
  },
})

/** Links to files that are no pages lead to their copies; VitePress takes them for pages that are missing. */
function linkToFiles(md: Parameters<NonNullable<MarkdownOptions['config']>>[0]): void {
  const asPage = md.renderer.rules.link_open
  md.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const token = tokens[index]
    const href = token?.attrGet('href') ?? ''
    const page = env.realPath ?? env.path
    const target = join(dirname(page), decodeURI(href.split('#')[0] ?? ''))
    // A README is the index of its folder; see `rewrites`.
    if (/^[^:#]*README\.md(#|$)/.test(href)) token?.attrSet('href', href.replace('README.md', 'index.md'))
    const isFile = !/^(#|[a-z]+:)/.test(href) && !href.split('#')[0]?.endsWith('.md') && existsSync(target)
    if (!token || !asPage || !isFile) return asPage?.(tokens, index, options, env, self) ?? ''
    if (statSync(target).isDirectory()) {
      token.attrSet('href', `${href.replace(/\/?$/, '/')}index.md`)
      return asPage(tokens, index, options, env, self)
    }
    token.attrSet('href', relative(dirname(page), target))
    token.attrSet('target', '_blank')
    return self.renderToken(tokens, index, options)
  }
}
