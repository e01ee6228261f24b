import { expect, test } from 'vitest'
import { recordingTerminal } from '../../command-line/test/recordingTerminal.ts'
import { runCommandLine } from '../src/cli.ts'

const ANY_WORD = 'voicemode-telemetry-mcp: only options can follow.\n'

/** A command line that is wrong, and how that is said. */
const MISUSES: Record<string, string> = {
  '--verison': 'voicemode-telemetry-mcp: no such option: --verison. Did you mean --version?\n',
  '--hlep': 'voicemode-telemetry-mcp: no such option: --hlep. Did you mean --help?\n',
  '--json': 'voicemode-telemetry-mcp: no such option: --json.\n',
  '-v': 'voicemode-telemetry-mcp: no such option: --v.\n',
  '--s3cret=/home/ann': 'voicemode-telemetry-mcp: no such option.\n',
  '--help=yes': 'voicemode-telemetry-mcp: --help takes no value.\n',
  '--version=8': 'voicemode-telemetry-mcp: --version takes no value.\n',
  serve: ANY_WORD,
  '/home/ann': ANY_WORD,
  '-- --help': ANY_WORD,
  '--verbose --port=80':
    'voicemode-telemetry-mcp: no such option: --verbose.\nvoicemode-telemetry-mcp: no such option: --port.\n',
}

/** Runs a command line, and keeps whether a server would have been started. */
async function run(line: string, { columns = 80, isInteractive = false } = {}) {
  let served = false
  const terminal = recordingTerminal({ columns, isInteractive })
  const code = await runCommandLine(line.split(' ').filter(Boolean), terminal, () => {
    served = true
  })
  return { code, served, ...terminal.written }
}

test.each(Object.entries(MISUSES))('%s is refused by name, and no server is started', async (line, err) => {
  expect(await run(line)).toEqual({
    code: 2,
    served: false,
    out: '',
    err: `${err}See: voicemode-telemetry-mcp --help\n`,
  })
})

test.each(['--help', '-h', 'help', '--help --nonsense'])(
  '%s says what it is for and how an assistant gets it, within the width of the terminal',
  async (line) => {
    const { out, ...rest } = await run(line)
    expect(rest).toEqual({ code: 0, served: false, err: '' })
    expect(out).toMatch(/^Usage: voicemode-telemetry-mcp \[options\]\n/)
    expect(out).toContain('Your assistant starts it')
    expect(out).toMatch(/\nExit code: 0 .* 2\s+if\s+the\s+command\s+line\s+was\s+wrong\.\n/s)
    expect(out).toMatch(/\nVersion: {2}voicemode-telemetry-mcp --version\n/)
    expect(out).toMatch(/\nExamples:\n {2}claude mcp add .* -- voicemode-telemetry-mcp\n$/)
    const narrow = (await run(line, { columns: 40 })).out.split('\nExamples:')[0] ?? ''
    expect(narrow.split('\n').filter((text) => text.length > 40)).toEqual([])
  },
)

test('without a word the server is started, and a person at a terminal is told what it waits for', async () => {
  expect(await run('')).toMatchObject({ code: 0, served: true, out: '', err: '' })
  expect((await run('', { isInteractive: true })).err).toBe(
    'voicemode-telemetry-mcp waits for an assistant. See: voicemode-telemetry-mcp --help\n',
  )
})
