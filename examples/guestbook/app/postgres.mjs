import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { connect } from 'node:net'

const USER = process.env.PGUSER ?? 'postgres'
const PASSWORD = process.env.PGPASSWORD ?? ''

/**
 * Runs one statement on a connection of its own and returns its rows as lists of text. Just enough of the protocol
 * (PostgreSQL manual, "Frontend/Backend Protocol") for this example.
 */
export async function postgres(statement, parameters = []) {
  const socket = connect(5432, process.env.PGHOST)
  try {
    const messages = messagesOf(socket)
    socket.write(startup())
    await logIn(socket, messages)
    socket.write(extendedQuery(statement, parameters))
    return await rowsOf(messages)
  } finally {
    socket.destroy()
  }
}

async function logIn(socket, messages) {
  const scram = new Scram()
  for (;;) {
    const { type, body } = await nextMessage(messages)
    if (type === 'Z') return
    if (type !== 'R') continue
    const kind = body.readInt32BE(0)
    if (kind === 10)
      socket.write(
        message('p', text('SCRAM-SHA-256'), int32(scram.first.length + 3), Buffer.from(`n,,${scram.first}`)),
      )
    if (kind === 11) socket.write(message('p', Buffer.from(scram.proof(body.subarray(4).toString()))))
  }
}

async function rowsOf(messages) {
  const rows = []
  for (;;) {
    const { type, body } = await nextMessage(messages)
    if (type === 'D') rows.push(columnsOf(body))
    if (type === 'Z') return rows
  }
}

async function nextMessage(messages) {
  const { value, done } = await messages.next()
  if (done) throw new Error('postgres closed the connection')
  if (value.type === 'E') throw new Error(errorText(value.body))
  return value
}

/** RFC 5802 and RFC 7677, without channel binding. */
class Scram {
  first = `n=${USER},r=${randomBytes(18).toString('base64')}`

  proof(serverFirst) {
    const {
      r: nonce,
      s: salt,
      i: rounds,
    } = Object.fromEntries(serverFirst.split(',').map(part => [part[0], part.slice(2)]))
    const salted = pbkdf2Sync(PASSWORD, Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256')
    const clientKey = hmac(salted, 'Client Key')
    const final = `c=biws,r=${nonce}`
    const signature = hmac(
      createHash('sha256').update(clientKey).digest(),
      `${this.first},${serverFirst},${final}`,
    )
    return `${final},p=${Buffer.from(clientKey.map((byte, index) => byte ^ signature[index])).toString('base64')}`
  }
}

function hmac(key, data) {
  return createHmac('sha256', key).update(data).digest()
}

async function* messagesOf(socket) {
  let rest = Buffer.alloc(0)
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = rest.readInt32BE(1) + 1
      const whole = { type: String.fromCharCode(rest[0]), body: rest.subarray(5, end) }
      rest = rest.subarray(end)
      yield whole
    }
  }
}

function startup() {
  const body = Buffer.concat([int32(196608), text('user'), text(USER), Buffer.of(0)])
  return Buffer.concat([int32(body.length + 4), body])
}

function extendedQuery(statement, parameters) {
  const values = parameters.flatMap(value => [int32(Buffer.byteLength(value)), Buffer.from(value)])
  return Buffer.concat([
    message('P', text(''), text(statement), int16(0)),
    message('B', text(''), text(''), int16(0), int16(parameters.length), ...values, int16(0)),
    message('E', text(''), int32(0)),
    message('S'),
  ])
}

function message(type, ...parts) {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

function columnsOf(body) {
  const columns = []
  for (let index = 0, at = 2; index < body.readInt16BE(0); index += 1) {
    const length = body.readInt32BE(at)
    columns.push(length < 0 ? null : body.subarray(at + 4, at + 4 + length).toString())
    at += 4 + Math.max(length, 0)
  }
  return columns
}

function errorText(body) {
  const fields = body.toString().split('\0')
  return fields.find(field => field.startsWith('M'))?.slice(1) ?? 'postgres failed'
}

function text(value) {
  return Buffer.from(`${value}\0`)
}

function int16(value) {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16BE(value)
  return buffer
}

function int32(value) {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}
