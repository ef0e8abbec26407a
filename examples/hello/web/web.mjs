import { createServer } from 'node:http'

const counterUrl = process.env.COUNTER_URL

createServer(async (request, response) => {
  if (request.url === '/healthy') return response.end('ok\n')
  try {
    const answer = await fetch(counterUrl, { method: 'POST' })
    const { count } = await answer.json()
    console.log(`visit ${count} from ${request.socket.remoteAddress}`)
    response.setHeader('content-type', 'text/plain')
    response.end(`Hello! You are visitor ${count}.\n`)
  } catch (error) {
    console.error(`cannot reach the counter: ${error.message}`)
    response.statusCode = 502
    response.end('The counter does not answer.\n')
  }
}).listen(8080, () => console.log('web listens on port 8080'))

process.on('SIGTERM', () => process.exit(0))
