import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const file = process.env.COUNT_FILE
let count = readCount()

createServer((request, response) => {
  if (request.url === '/healthy') return response.end('ok\n')
  if (request.method === 'POST') keep(count + 1)
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ count }))
}).listen(7000, () => console.log(`counter starts at ${count}`))

process.on('SIGTERM', () => process.exit(0))

function keep(next) {
  count = next
  writeFileSync(`${file}.new`, String(count))
  renameSync(`${file}.new`, file)
}

function readCount() {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return 0
  }
}
