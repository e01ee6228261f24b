/**
 * VoiceMode's published releases, as `MAJOR.MINOR`, newest first: the rows of a report's version table.
 *
 * To extend it, put a minor version on top once VoiceMode has published it, and take one away at the end when hardly anybody
 * can still have it; every row costs readers some noise. Reports that were made keep their rows. Take a version from
 * VoiceMode's release page and never because the dashboard, the store or an event shows it: a row that is there because
 * somebody sent it would tell of him, whatever noise its number has, and people run versions of their own.
 */
export const RELEASES: readonly string[] = [
  ...['8.12', '8.11', '8.10', '8.9', '8.8', '8.7', '8.6', '8.5', '8.4', '8.3', '8.2', '8.1', '8.0'],
]
