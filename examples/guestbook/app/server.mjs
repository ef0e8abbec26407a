import { createServer } from 'node:http'
import { postgres } from './postgres.mjs'
import { redis } from './redis.mjs'

await postgres('CREATE TABLE IF NOT EXISTS entries (id serial PRIMARY KEY, text text NOT NULL)')

const routes = {
  'GET /health': async () => 'ok',
  'GET /visits': async () => `visit ${await redis('INCR', 'visits')}`,
  'GET /entries': async () =>
    (await postgres('SELECT text FROM entries ORDER BY id')).map(row => row[0]).join('\n'),
  'POST /entries': async body => {
    await postgres('INSERT INTO entries (text) VALUES ($1)', [body])
    return 'kept'
  },
}

createServer(async (request, response) => {
  const route = routes[`${request.method} ${request.url}`]
  try {
    if (route === undefined) response.statusCode = 404
    response.end(`${route === undefined ? 'not found' : await route(await textOf(request))}\n`)
  } catch (error) {
    console.error(error)
    response.statusCode = 500
    response.end('failed\n')
  }
}).listen(3000, () => console.log('app listens on port 3000'))

process.on('SIGTERM', () => process.exit(0))

async function textOf(stream) {
  let text = ''
  for await (const chunk of stream) text += chunk
  return text
}
