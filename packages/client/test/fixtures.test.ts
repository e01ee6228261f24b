import { expect, test } from 'vitest'
import { createHost } from '../src/createHost.ts'
import { previewDay } from '../src/show/preview.ts'
import { ENVIRONMENT } from './logs.ts'
import { asRecorded, recordedSets } from './recorded.ts'

test.each(recordedSets())(
  'the days of $name are counted as they happened',
  async ({ base, version, usage }) => {
    const host = createHost({
      env: { VOICEMODE_BASE_DIR: base },
      homeDirectory: base,
      workingDirectory: base,
      isCI: false,
      now: () => Date.parse('2027-01-01T00:00:00Z'),
    })
    for (const [day, wanted] of Object.entries(usage)) {
      const { body } = await previewDay(host, day, ENVIRONMENT)
      const event = body === undefined ? undefined : JSON.parse(body)
      expect({ day, usage: event ? asRecorded(event.usage) : null }).toEqual({ day, usage: wanted })
      if (event) expect(event.environment).toMatchObject({ exec_source: 'mcp', version })
    }
  },
)
