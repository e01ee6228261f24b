import type { Run } from '@voicemode-telemetry/command-line'
import type { Host } from '../host.ts'

/** Opens a page in the person's browser, unless that can't be or `--no-open` is given. @returns what happens, in a sentence or two. */
export async function openPage({ host, terminal, switches }: Run<Host>, url: string): Promise<string> {
  const { port } = new URL(url)
  const mayOpen = !switches.has('no-open') && terminal.isInteractive && !host.isCI
  return mayOpen && (await host.openInBrowser(url))
    ? 'Opening it in your browser.'
    : `Open this URL in a browser on this machine. It opens once. From another machine, forward its port first (ssh -L ${port}:127.0.0.1:${port} THIS_MACHINE); if another port is free there, put that one into the URL.`
}
