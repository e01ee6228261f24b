import { relative, sep } from 'node:path'
import type { Host } from '../host.ts'

/** A path for the person's own screen, with `~` for the home directory, so that a screenshot does not tell who they are. */
export function withTilde({ directories: { home } }: Host, path: string): string {
  const below = relative(home, path)
  return below === '..' || below.startsWith(`..${sep}`) ? path : `~${below && sep + below}`
}
