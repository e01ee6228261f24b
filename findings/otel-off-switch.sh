#!/usr/bin/env bash
# @opentelemetry/sdk-metrics 2.12.1, @opentelemetry/sdk-node 0.223.0: OTEL_SDK_DISABLED=true doesn't turn the SDK off.
#
# The specification has this variable, so that whoever runs a program can turn its telemetry off. Of the JavaScript packages only
# NodeSDK reads it. A program that makes its MeterProvider itself, as the metrics package's own page shows, sends all the same.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm install --silent --no-save --prefix . @opentelemetry/api@1.9.0 @opentelemetry/sdk-metrics@2.12.1 @opentelemetry/exporter-metrics-otlp-http@0.223.0 @opentelemetry/sdk-node@0.223.0
cat > try.mjs <<'JS'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { metrics } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'

let requests = 0
const server = createServer((request, response) => {
  requests += 1
  request.resume()
  response.setHeader('content-type', 'application/json').end('{}')
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const exporter = () => new OTLPMetricExporter({ url: `http://127.0.0.1:${server.address().port}/v1/metrics` })
const reader = () => new PeriodicExportingMetricReader({ exporter: exporter() })

const provider = new MeterProvider({ readers: [reader()] })
provider.getMeter('a-tool').createCounter('uses').add(1)
await provider.shutdown()
const byProvider = requests

const sdk = new NodeSDK({ metricReaders: [reader()] })
sdk.start()
metrics.getMeter('a-tool').createCounter('uses').add(1)
await sdk.shutdown()

console.log(`requests with OTEL_SDK_DISABLED=${process.env.OTEL_SDK_DISABLED}: MeterProvider ${byProvider}, NodeSDK ${requests - byProvider}`)
assert.equal(byProvider, 1)
assert.equal(requests - byProvider, 0)
server.close()
JS
OTEL_SDK_DISABLED=true node try.mjs
