#!/usr/bin/env bash
# configstore 8.0.0: a settings file that is cut short is emptied at the next start, and with it a recorded no.
#
# Many command line tools keep "don't send statistics" and a random client id in such a file. If it ends early (a full disk, a
# crash of another writer, an editor), the constructor finds no JSON, writes {} over it and says nothing. The no is gone, and
# no copy is kept. conf 15.1.0, by the same author, throws instead and leaves the file as it is.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . configstore@8.0.0 conf@15.1.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import Conf from 'conf'
import Configstore from 'configstore'

const cut = '{\n\t"optOut": true,\n'
mkdirSync('kept')
for (const file of ['kept/a.json', 'kept/config.json']) writeFileSync(file, cut)

const store = new Configstore('a-tool', {}, { configPath: 'kept/a.json' })
const after = readFileSync('kept/a.json', 'utf8')
console.log('configstore: optOut is', store.get('optOut'), 'and the file has', after)
assert.equal(store.get('optOut'), undefined)
assert.equal(after, '{}')

assert.throws(() => new Conf({ cwd: 'kept', projectName: 'a-tool' }), SyntaxError)
assert.equal(readFileSync('kept/config.json', 'utf8'), cut)
console.log('conf: SyntaxError, and the file is as it was')
JS
node try.mjs
