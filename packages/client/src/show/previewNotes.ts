import { dayAt, startOfDay } from '@voicemode-telemetry/protocol'
import type { Preview } from './preview.ts'

const PLACES = {
  queue: 'These bytes wait in the queue.',
  sent: 'These bytes were sent.',
  rejected: 'These bytes were sent, and the server refused them.',
}

const OTHER_DAYS = 'To see the last 30 days: voicemode-telemetry view'

/** Notes about a preview, each a sentence or two. */
export function notesOn(shown: Preview): string[] {
  const notes: string[] = []
  if (shown.unreadable)
    notes.push(
      `Some of VoiceMode's logs around ${shown.day} can't be read, so nothing is sent for that day until they can. To see which: voicemode-telemetry status`,
    )
  if (shown.body === undefined && shown.place)
    return [`Somebody has changed the file of ${shown.day}, so that it is no event. It is not shown or sent.`]
  if (shown.body === undefined && !shown.unreadable) notes.push(whyEmpty(shown))
  if (shown.place) notes.push(PLACES[shown.place])
  if (shown.unfinished)
    notes.push(`${shown.day} is not over yet in UTC. This is the day so far. Only whole days are sent.`)
  if (shown.since === undefined && shown.body !== undefined) {
    notes.push(
      'This is an example, and it is not sent: only what happens after you say yes is counted.',
      'The ids are placeholders. A random id is made when you say yes.',
    )
  }
  if (shown.skippedLines > 0) notes.push(`Log lines that could not be used: ${shown.skippedLines}.`)
  return notes
}

function whyEmpty({ day, files, since = 0 }: Preview): string {
  if (files === 0)
    return `There are no VoiceMode logs around ${day}. Was VoiceMode used on this machine? If its logs are in another folder, set VOICEMODE_BASE_DIR. ${OTHER_DAYS}`
  if (since > startOfDay(day))
    return `Nothing is sent for ${day}: only what happened after your yes is counted, or after you took a new id. That was ${new Date(since).toISOString()}. To see that day: voicemode-telemetry preview --day ${dayAt(since)}`
  return `VoiceMode was not used on ${day} (UTC), so nothing would be sent for that day. ${OTHER_DAYS}`
}
