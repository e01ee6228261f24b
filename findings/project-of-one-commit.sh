#!/usr/bin/env bash
# @astrojs/telemetry 3.3.3: in a shallow clone, as CI makes it, each commit is a new project.
#
# The anonymous id of a project is the SHA-256 of the first commit's hash. A clone with --depth 1 begins with the commit it was made of, so
# that is its first commit, and the next one is another project: one project that is built a hundred times counts as a hundred and one.
# In a whole clone the id is the same for everybody, and who has the repository, which may be public, can compute it.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @astrojs/telemetry@3.3.3
cat > id.mjs <<'JS'
import { AstroTelemetry } from '@astrojs/telemetry'
const telemetry = new AstroTelemetry({ astroVersion: '5.0.0', viteVersion: '6.0.0' })
process.stdout.write((await telemetry.getAnonymousProjectInfo()).anonymousProjectId)
JS
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'

const person = ['-c', 'user.name=a', '-c', 'user.email=a@example.test']
const git = (...words) => String(execFileSync('git', words)).trim()
const commit = (message) => git('-C', 'whole', ...person, 'commit', '--quiet', '--allow-empty', '-m', message)
const projectIn = (folder) => String(execFileSync(process.execPath, [resolve('id.mjs')], { cwd: folder }))
const clone = (folder) => git('clone', '--quiet', '--depth', '1', `file://${resolve('whole')}`, folder)

git('init', '--quiet', 'whole')
commit('first')
const first = git('-C', 'whole', 'rev-parse', 'HEAD')
commit('second')
clone('build-1')
const before = projectIn('whole')
commit('third')
clone('build-2')
const projects = new Set([projectIn('whole'), projectIn('build-1'), projectIn('build-2')])
console.log(projects)
assert.equal(projects.size, 3)
assert.equal(projectIn('whole'), before)
assert.equal(before, createHash('sha256').update(first).digest('hex'))
JS
HOME=$PWD XDG_CONFIG_HOME=$PWD node try.mjs
