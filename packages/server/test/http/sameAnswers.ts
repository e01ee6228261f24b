import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startServer } from '../serverProcess.ts'
import { recordTranscript } from '../transcript.ts'
import { CANARY, type HttpUnderTest } from './httpUnderTest.ts'

/** Every home of the server answers alike. */
export function sameAnswersContract(http: HttpUnderTest): void {
  const { start } = http

  test('every answer is that of a server on SQLite, byte for byte, but for ids and dates', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'transcript-'))
    const [other, ours] = [
      await startServer(join(folder, 'test.db'), [], { TELEMETRY_ADMIN_TOKEN: CANARY }),
      await start({ adminToken: CANARY }),
    ]
    const expected = await recordTranscript(other.url, CANARY)
    const said = await recordTranscript(ours.url, CANARY)
    for (const [n, answer] of said.entries()) expect(answer).toEqual(expected[n])
    expect(said).toHaveLength(expected.length)
    await Promise.all([other.end(), ours.stop()])
    rmSync(folder, { recursive: true })
  })
}
