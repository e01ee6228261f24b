/** `8.12` of `8.12.0`; anything that isn't a version stays as it is. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

/** Sorts versions from the newest to the oldest, and anything that isn't a version after them. */
export function compareVersions(a: string, b: string): number {
  return rankOf(b) - rankOf(a)
}

function rankOf(version: string): number {
  const [major = Number.NaN, minor = 0] = version.split('.').map(Number)
  return Number.isNaN(major) ? -1 : major * 10_000 + minor
}
