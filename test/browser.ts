import { existsSync } from 'node:fs'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * A real browser: the one that came with the install on Linux, else the machine's own Chrome or Chromium.
 *
 * @throws with what to install, where there is none.
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await findBrowser()
  if (!executablePath) throw new Error('These tests need a browser: install Chrome or Chromium')
  return playwright.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}

async function findBrowser(): Promise<string | undefined> {
  return process.platform === 'linux' ? chromium.executablePath() : INSTALLED.find((path) => existsSync(path))
}

/** The browser that came with the install unpacks itself at its first use: once, before several processes want it. */
export default async function unpackBrowser(): Promise<void> {
  await findBrowser()
}
