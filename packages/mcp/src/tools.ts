import {
  type CallToolResult,
  fromJsonSchema,
  type InputRequiredResult,
  type McpServer,
} from '@modelcontextprotocol/server'
import {
  describeForgetInstallation,
  environmentInfo,
  forgetInstallation,
  type Host,
  notesOn,
  previewDay,
  readStatus,
  recognizeCaller,
} from 'voicemode-telemetry'
import { clientOf } from './client.ts'
import { Preference } from './preference.ts'
import {
  argumentsOf,
  FORGET_SCHEMA,
  PREFERENCE_ARGUMENTS,
  PREFERENCE_SCHEMA,
  PREVIEW_SCHEMA,
  STATUS_SCHEMA,
} from './toolSchemas.ts'
import { describeError, describeState, OPEN_QUESTION } from './words.ts'

const MS_PER_DAY = 24 * 60 * 60 * 1000

export function registerTools(server: McpServer, host: Host): void {
  const preference = new Preference(host, server)
  registerStatus(server, host, preference)
  registerPreview(server, host)
  registerPreference(server, preference)
  registerForget(server, host)
}

function registerStatus(server: McpServer, host: Host, preference: Preference): void {
  server.registerTool(
    'telemetry_check_status',
    {
      title: 'Check telemetry status',
      description:
        'Says whether VoiceMode telemetry is on, which setting decides that, where events go, how many wait and what was sent. Changes nothing.',
      inputSchema: argumentsOf({}),
      outputSchema: fromJsonSchema(STATUS_SCHEMA),
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    () =>
      guarded(() => {
        const status = readStatus(host)
        const [open_question] = preference.hasOpenQuestion ? [OPEN_QUESTION] : []
        const state = [describeState(status), open_question].filter(Boolean).join(' ')
        const structured = { ...status, ...(open_question && { open_question }) }
        return result(structured, state, JSON.stringify(status, null, 2))
      }),
  )
}

function registerPreview(server: McpServer, host: Host): void {
  server.registerTool(
    'telemetry_preview',
    {
      title: 'Preview telemetry',
      description:
        'Shows the exact bytes that would be sent, or were sent, for one UTC day. Changes nothing and needs no consent.',
      inputSchema: argumentsOf<{ day?: string }>({
        day: { type: 'string', description: 'The UTC day, written YYYY-MM-DD. Default: yesterday.' },
      }),
      outputSchema: fromJsonSchema(PREVIEW_SCHEMA),
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ day = dayAt(host.now() - MS_PER_DAY) }, context) =>
      guarded(async () => {
        if (!isDay(day)) return failure('The day must be a day of the calendar, written YYYY-MM-DD.')
        const caller = recognizeCaller(host, clientOf(server, context).name)
        const shown = await previewDay(host, day, environmentInfo(host, caller))
        const notes = notesOn(shown)
        const texts = [...(shown.body === undefined ? [] : [shown.body]), notes.join('\n')]
        return result(
          { day, body: shown.body ?? null, place: shown.place ?? null, notes },
          ...texts.filter((text) => text !== ''),
        )
      }),
  )
}

function registerPreference(server: McpServer, preference: Preference): void {
  server.registerTool(
    'telemetry_set_preference',
    {
      title: 'Set the telemetry preference',
      description:
        'Turns VoiceMode telemetry off, or asks the person whether to turn it on. With enabled false it is off at once. With enabled true the person is asked on a page or in a form, and their choice is recorded. If this assistant can show neither, nothing changes and the answer names a command for the person to type. Use true only if the person wants to be asked.',
      inputSchema: PREFERENCE_ARGUMENTS,
      outputSchema: fromJsonSchema(PREFERENCE_SCHEMA),
      annotations: {
        readOnlyHint: false,
        destructiveHint: true,
        idempotentHint: true,
        openWorldHint: false,
      },
    },
    ({ enabled }, context) => guarded(() => preference.set(enabled, context)),
  )
}

function registerForget(server: McpServer, host: Host): void {
  server.registerTool(
    'telemetry_forget',
    {
      title: 'Delete sent telemetry',
      description:
        'Has the server delete everything it holds about this installation. If telemetry is on, it stays on under a new id. To turn it off as well, call this first, then telemetry_set_preference with enabled false.',
      inputSchema: argumentsOf({}),
      outputSchema: fromJsonSchema(FORGET_SCHEMA),
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    },
    () =>
      guarded(async () => {
        const forgotten = await forgetInstallation(host)
        const told = result({ ...forgotten }, describeForgetInstallation(forgotten))
        return forgotten.outcome === 'done' ? told : { ...told, isError: true }
      }),
  )
}

function result(structuredContent: Record<string, unknown>, ...texts: string[]): CallToolResult {
  return { content: texts.map((text) => ({ type: 'text', text })), structuredContent }
}

function failure(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true }
}

/** Turns an error into an answer without a path and without a stack. */
async function guarded<T extends CallToolResult | InputRequiredResult>(
  run: () => T | Promise<T>,
): Promise<T | CallToolResult> {
  try {
    return await run()
  } catch (error) {
    return failure(describeError(error))
  }
}

function dayAt(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(at) && dayAt(at) === text
}
