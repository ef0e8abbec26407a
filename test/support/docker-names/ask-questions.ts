import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { decode, encode, type Packet, type RecordType } from 'dns-packet'

// Asks 127.0.0.11 of the network namespace that it runs in what is on standard input, `[{type, name, transport?}]`, and
// writes what it was told: `[{code, flags, answers}]`.

interface Asked {
  readonly type: string
  readonly name: string
  readonly transport?: 'tcp'
}

const SERVER = '127.0.0.11'
const PATIENCE_MS = 6000
const CODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']
const FLAGS = ['flag_aa', 'flag_tc', 'flag_ra'] as const

const told = []
for (const asked of JSON.parse(readFileSync(0, 'utf8')) as readonly Asked[]) told.push(await ask(asked))
process.stdout.write(JSON.stringify(told))

async function ask({ type, name, transport }: Asked): Promise<object> {
  const question = { type: type as RecordType, name, class: 'IN' as const }
  const query = encode({ type: 'query', id: 4711, flags: 0x100, questions: [question] })
  const reply = transport === 'tcp' ? await overTcp(query) : await overUdp(query)
  if (reply === undefined) return { code: 'SILENCE', flags: [], answers: [] }
  const packet = decode(reply)
  return {
    code: CODES[reply.readUInt16BE(2) & 15],
    flags: FLAGS.filter(flag => packet[flag] === true),
    question: packet.questions?.map(back => back.name).join(),
    answers: (packet.answers ?? []).map(answer => `${answer.type} ${dataOf(answer)}`),
  }
}

function dataOf(answer: NonNullable<Packet['answers']>[number]): string {
  return 'data' in answer ? JSON.stringify(answer.data) : ''
}

function overUdp(query: Buffer): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>()
  const socket = createSocket('udp4')
  const timer = setTimeout(() => resolve(undefined), PATIENCE_MS)
  socket.on('message', resolve)
  socket.on('error', () => resolve(undefined))
  socket.send(query, 53, SERVER)
  return promise.finally(() => {
    clearTimeout(timer)
    socket.close()
  })
}

function overTcp(query: Buffer): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>()
  const socket = connect(53, SERVER)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(query.length)
  socket.write(Buffer.concat([length, query]))
  let seen = Buffer.alloc(0)
  socket.setTimeout(PATIENCE_MS, () => resolve(undefined))
  socket.on('error', () => resolve(undefined))
  socket.on('data', chunk => {
    seen = Buffer.concat([seen, chunk])
    if (seen.length >= 2 && seen.length >= 2 + seen.readUInt16BE(0)) resolve(seen.subarray(2))
  })
  return promise.finally(() => socket.destroy())
}
