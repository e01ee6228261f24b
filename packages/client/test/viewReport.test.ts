import { describe, expect, test } from 'vitest'
import { Home } from './logs.ts'
import { Receiver } from './receiver.ts'
import { Viewing } from './viewing.ts'

describe('the public report', () => {
  const report = {
    week: '2026-W46',
    from: '2026-11-09',
    to: '2026-11-15',
    epsilon: 1,
    plus_minus: 42,
    fold_below: 40,
    tables_from: 100,
    total: 412,
    tables: [
      {
        field: 'usage.tts_provider_usage',
        label: 'Text-to-speech (TTS) provider',
        rows: [{ value: 'kokoro', n: 300, plus_minus: 42 }],
        folded: ['openai'],
      },
    ],
    notes: ['Noise was added.'],
  }
  const list = {
    reports: [
      { week: '2026-W45', state: 'published' },
      { week: '2026-W46', state: 'published' },
      { week: '2026-W47', state: 'held' },
    ],
  }
  const asks = async (answers: Record<string, [number, string]>) => {
    using home = new Home()
    await using receiver = await Receiver.start()
    const paths: string[] = []
    receiver.answer = (response, _body, _nth, { url = '' }) => {
      paths.push(url)
      const [status, body] = answers[url] ?? [404, '<html>']
      const type = body.includes('/problems/') ? 'application/problem+json' : 'text/html'
      response.writeHead(status, { 'set-cookie': 'id=1', 'content-type': type }).end(body)
    }
    const env = { VOICEMODE_TELEMETRY_ENDPOINT: `${receiver.url}/v1/events` }
    await using viewing = await Viewing.here(home, env)
    await viewing.open()
    await viewing.data()
    expect(receiver.connections).toBe(0)
    const answer = await viewing.report()
    return { answer, paths, headers: receiver.headers }
  }

  test('is asked for in two requests that carry nothing of the installation, and comes as the page needs it', async () => {
    const { answer, paths, headers } = await asks({
      '/v1/reports': [200, JSON.stringify(list)],
      '/v1/reports/2026-W46': [200, JSON.stringify({ ...report, extra: 'x' })],
    })
    const { epsilon: _e, fold_below: _f, tables_from: _t, ...shown } = report
    expect(answer).toEqual({ outcome: 'found', report: shown })
    expect(paths).toEqual(['/v1/reports', '/v1/reports/2026-W46'])
    for (const sent of headers) {
      expect(sent.cookie).toBeUndefined()
      expect(sent.referer).toBeUndefined()
      expect(sent['user-agent']).toBe('voicemode-telemetry')
    }
  })

  test.each<[string, Record<string, [number, string]>, RegExp]>([
    ['none is published yet', { '/v1/reports': [200, '{"reports":[]}'] }, /no report yet/],
    [
      'the server knows no reports',
      { '/v1/reports': [404, '{"type":"/problems/not-found"}'] },
      /publishes no reports/,
    ],
    [
      'the server fails',
      { '/v1/reports': [500, '{"type":"/problems/unexpected"}'] },
      /server did not send its report \(500\)/,
    ],
    ['another server knows no such page', {}, /something other .* \(404\)/],
    ['a sign-in page of some network answers', { '/v1/reports': [200, '<html>'] }, /something other/],
    ['it answers a list of something else', { '/v1/reports': [200, '{"reports":7}'] }, /something other/],
    [
      'the report is none',
      { '/v1/reports': [200, JSON.stringify(list)], '/v1/reports/2026-W46': [200, '{"week":"2026-W46"}'] },
      /something other/,
    ],
    [
      'the list names what is no week',
      { '/v1/reports': [200, '{"reports":[{"week":"../../private","state":"published"}]}'] },
      /no report yet/,
    ],
  ])('that there is none is told kindly: %s', async (_, answers, why) => {
    expect((await asks(answers)).answer).toEqual({ outcome: 'failed', why: expect.stringMatching(why) })
  })
})
