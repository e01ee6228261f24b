#!/usr/bin/env bash
# node-machine-id 1.1.12 on Linux: the hashed id is the same in every product, and in a container a hash of the host name, or of nothing.
#
# The hash has no salt, so what one product knows by this id another knows by it too: @mui/x-telemetry 9.13.0 takes
# exactly this one. Where there is no machine-id, the host name is hashed, which whoever knows the name can do as well. Where the file is
# there but empty, as in an image that was prepared for copying, it is the hash of nothing: all these machines are one.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --ignore-scripts --prefix . node-machine-id@1.1.12 @mui/x-telemetry@9.13.0
# The package calls cat and hostname. These two see the folder "machine" instead of the real machine.
mkdir -p commands machine/etc machine/var/lib/dbus
printf '#!/bin/sh\nfor file do set -- "$@" "%s$file"; shift; done\nexec /bin/cat "$@"\n' "$PWD/machine" > commands/cat
printf '#!/bin/sh\necho laptop.example.test\n' > commands/hostname
chmod +x commands/*
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import machine from 'node-machine-id'

const { default: getMuiId } = createRequire(import.meta.url)('./node_modules/@mui/x-telemetry/postinstall/get-machine-id.js')
const sha256 = (text) => createHash('sha256').update(text).digest('hex')
const files = ['machine/etc/machine-id', 'machine/var/lib/dbus/machine-id']
const id = '0123456789abcdef0123456789abcdef'

for (const file of files) writeFileSync(file, `${id}\n`)
const hashed = machine.machineIdSync()
console.log({ hashed, mui: await getMuiId() })
assert.equal(hashed, sha256(id))
assert.equal(await getMuiId(), hashed)

for (const file of files) writeFileSync(file, '')
assert.equal(machine.machineIdSync(), sha256(''))
for (const file of files) rmSync(file)
assert.equal(machine.machineIdSync(), sha256('laptop.example.test'))
console.log('empty: the hash of nothing; missing: the hash of the host name')
JS
PATH=$PWD/commands:$PATH node try.mjs
