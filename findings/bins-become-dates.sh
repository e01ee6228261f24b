#!/usr/bin/env bash
# xlsx 0.18.5 and csv-parse 7.0.3: in a CSV file, a bin such as "1-5" and a version such as "8.12.0" are dates.
#
# A chart's counts are saved as CSV: bins of "1-5", "6-10" and "11-20" exchanges, and versions. SheetJS turns each of them
# into a day of 2000 or 2001, so that three columns of a chart become points in time; csv-parse does it with cast_date.
# Quotes around the value change nothing. A bin of ">20" or "0", and the version "8.11", stay what they are, or nearly:
# the latter is a number, and 8.11 is then below 8.2.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . xlsx@0.18.5 csv-parse@7.0.3
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { parse } from 'csv-parse/sync'
import XLSX from 'xlsx'

const values = ['1-5', '6-10', '11-20', '>20', '8.12.0', '8.11']
const csv = `value,n\n${values.map((value) => `"${value}",1`).join('\n')}\n`

const { Sheets } = XLSX.read(csv, { type: 'string' })
const inSheet = XLSX.utils.sheet_to_json(Sheets.Sheet1, { raw: false }).map(({ value }) => value)
const cast = parse(csv, { columns: true, cast: true, cast_date: true }).map(({ value }) => value)
const kinds = cast.map((value) => (value instanceof Date ? 'date' : typeof value))

console.log('written:  ', values.join('  '))
console.log('xlsx:     ', inSheet.join('  '))
console.log('csv-parse:', kinds.join('  '))
assert.deepEqual(inSheet, ['1/5/01', '6/10/01', '11/20/01', '>20', '8/12/00', '8.11'])
assert.deepEqual(kinds, ['date', 'date', 'date', 'string', 'date', 'number'])
JS
TZ=UTC node try.mjs
