import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { createInterface } from 'node:readline'

// Reads commands as JSON lines and answers each with one line; see traffic.ts. Ends with its standard input.

const name = process.argv[2]

interface Place {
  readonly address: string
  readonly port: number
}

interface Question extends Place {
  readonly protocol: 'tcp' | 'udp'
  readonly timeoutMs: number
}

async function listen({ address, port }: Place): Promise<string> {
  const tcp = createServer(socket => {
    socket.on('error', () => {})
    socket.end(`${name} saw ${socket.remoteAddress}`)
  })
  tcp.listen({ host: address, port, ipv6Only: true })
  const udp = datagrams(address)
  udp.on('message', (_, asker) => udp.send(`${name} saw ${asker.address}`, asker.port, asker.address))
  udp.bind({ address, port })
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')])
  return 'listening'
}

function ask(question: Question): Promise<string> {
  return question.protocol === 'tcp' ? askTcp(question) : askUdp(question)
}

async function askTcp({ address, port, timeoutMs }: Question): Promise<string> {
  const socket = connect({ host: address, port })
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error('timeout')))
  return Buffer.concat(await socket.toArray()).toString()
}

async function askUdp({ address, port, timeoutMs }: Question): Promise<string> {
  const socket = datagrams(address)
  const timer = setTimeout(() => socket.emit('error', new Error('timeout')), timeoutMs)
  try {
    socket.connect(port, address)
    await once(socket, 'connect')
    socket.send('hello')
    const [message] = await once(socket, 'message')
    return String(message)
  } finally {
    clearTimeout(timer)
    socket.close()
  }
}

function datagrams(address: string): ReturnType<typeof createSocket> {
  return createSocket(address.includes(':') ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' })
}

function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? String(error.code) : error.message
}

process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line)
  const answer = command.kind === 'listen' ? listen(command) : ask(command)
  process.stdout.write(`${await answer.catch(failureOf)}\n`)
}
process.exit(0)
