import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { composeStart } from '../scripts/composeStart.ts'

/** Runs an executable whose program needs something that no Node has, or that every Node has. */
function runStart(main: string, oldestNode: string) {
  const folder = mkdtempSync(join(tmpdir(), 'start-'))
  try {
    const start = join(folder, 'start.js')
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'main.js'), main)
    writeFileSync(start, composeStart('a-program', main, oldestNode))
    chmodSync(start, 0o755)
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` }
    const { status, stdout, stderr } = spawnSync(start, ['one'], { env, encoding: 'utf8' })
    return { status, stdout, stderr }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test.skipIf(process.platform === 'win32')(
  'a Node that is too old, or of the major version that did not get what older ones did, is named before anything else fails',
  () => {
    const major = Number.parseInt(process.versions.node, 10)
    for (const [oldest, next] of [
      ['999.1', 1001],
      [`${major - 1}.1`, major + 1],
    ] as const) {
      expect(runStart(`import 'node:not-yet'\n`, oldest)).toEqual({
        status: 1,
        stdout: '',
        stderr: `a-program: this needs Node ${oldest}, or ${next} or later; this is Node ${process.versions.node}.\n`,
      })
    }
  },
)

test.skipIf(process.platform === 'win32')(
  'a Node that is new enough runs the program with its arguments',
  () => {
    const main =
      '#!/usr/bin/env -S node --no-turbofan\nprocess.stdout.write(process.execArgv + process.argv[2])\n'
    expect(runStart(main, '22.16')).toEqual({ status: 0, stdout: '--no-turbofanone', stderr: '' })
  },
)
