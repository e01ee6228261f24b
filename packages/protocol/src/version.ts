const NUMBER = String.raw`(0|[1-9]\d{0,3})`

/** What an event says of VoiceMode's version: `MAJOR.MINOR.PATCH`, or `unknown`. */
export const VERSION = new RegExp(String.raw`^(unknown|${NUMBER}(\.${NUMBER}){2})$`)

/** A version's series, which charts and reports go by: `MAJOR.MINOR`, or `unknown`. */
export const MINOR_VERSION = new RegExp(String.raw`^(unknown|${NUMBER}\.${NUMBER})$`)

/** The field whose value is a version. */
export const VERSION_FIELD = 'environment.version'

/** The series of a version: `8.12` of `8.12.0`. Anything else, as `unknown`, stays as it is. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

/** Orders versions from newest to oldest, `unknown` and all that is no version after them. Patches count as equal. */
export function compareVersions(a: string, b: string): number {
  return rankOf(b) - rankOf(a)
}

function rankOf(version: string): number {
  const [major = Number.NaN, minor = 0] = version.split('.').map(Number)
  return Number.isNaN(major) ? -1 : major * 10_000 + minor
}
