import { createServer } from 'node:http'

/** The peer of ingest: reads a body, parses it as JSON and answers, and does nothing else. Prints where it listens. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const { event_id } = JSON.parse(Buffer.concat(chunks).toString())
    const body = JSON.stringify({ status: 'ok', event_id })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => {
  const bound = server.address()
  console.log(JSON.stringify({ url: `http://127.0.0.1:${typeof bound === 'object' && bound?.port}` }))
})
