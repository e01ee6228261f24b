/** How long a browser may keep a file of the dashboard: the name of one under `/assets/` changes with its content. */
export function assetCaching(path: string): string {
  return path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache'
}
