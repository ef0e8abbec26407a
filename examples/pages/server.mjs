import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { basename } from 'node:path'

const PORT = 8080

if (process.argv.includes('--check')) {
  const isUp = await fetch(`http://127.0.0.1:${PORT}/`).then(
    ({ ok }) => ok,
    () => false,
  )
  process.exit(isUp ? 0 : 1)
}

createServer(async ({ url }, response) => {
  const name = basename(new URL(url, 'http://site').pathname) || 'index.html'
  const page = await readFile(new URL(`site/${name}`, import.meta.url), 'utf8').catch(() => undefined)
  response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' })
  response.end(page ?? 'No such page\n')
}).listen(PORT, () => console.log(`listening on ${PORT}`))
