import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectUnixSocket } from '../../../src/linux/unix-socket.ts'
import { connectKeeper, KeeperClient } from '../../../src/runtime/keeper/keeper-client.ts'
import {
  decodeMessages,
  encodeMessage,
  MESSAGE_TYPES,
  type Message,
} from '../../../src/runtime/keeper/message.ts'
import { WireWriter } from '../../../src/runtime/keeper/wire-writer.ts'

/** Something that listens where a keeper would, and answers each request as `answer` says. */
class FakeKeeper implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tcf'))
  readonly #server
  readonly path: string = join(this.#folder, 's')

  constructor(answer: (request: Message, socket: Socket) => void) {
    this.#server = createServer(socket => {
      socket.on('data', bytes => {
        for (const request of decodeMessages(bytes).messages) answer(request, socket)
      })
      socket.on('error', () => {})
    }).listen(this.path)
  }

  async connect(replyMs?: number): Promise<KeeperClient> {
    if (!this.#server.listening) await once(this.#server, 'listening')
    const fd = connectUnixSocket(this.path)
    if (fd === undefined) throw new Error('nobody listens')
    return new KeeperClient(this.path, fd, replyMs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise(resolve => this.#server.close(resolve))
    rmSync(this.#folder, { recursive: true })
  }
}

function ended(status: number): Buffer {
  return new WireWriter().u32(status).u64(1n).finish()
}

test('KeeperClient matches replies that come in another order and in pieces', async () => {
  const requests: Message[] = []
  await using keeper = new FakeKeeper((request, socket) => {
    requests.push(request)
    const [first, second] = requests
    if (first === undefined || second === undefined) return
    const late = encodeMessage('wait', first.id, ended(1))
    socket.write(Buffer.concat([encodeMessage('wait', second.id, ended(2)), late.subarray(0, 5)]))
    setImmediate(() => socket.write(late.subarray(5)))
  })
  using connection = await keeper.connect()
  const [first, second] = await Promise.all([connection.wait('a'), connection.wait('b')])
  expect([first.status, second.status]).toEqual([1, 2])
})

test('KeeperClient rejects what waits when the connection ends, and what comes later', async () => {
  await using keeper = new FakeKeeper((_, socket) => socket.destroy())
  using connection = await keeper.connect()
  await expect(connection.wait('a')).rejects.toMatchObject({ code: 'keeper' })
  await connection.closed
  await expect(connection.list()).rejects.toMatchObject({ code: 'keeper' })
})

test('KeeperClient tells its listeners of events and skips those it does not know', async () => {
  await using keeper = new FakeKeeper(({ id }, socket) => {
    const unknown = encodeMessage('exited', 0n, Buffer.alloc(0))
    unknown.writeUInt16LE(999, 4)
    const started = encodeMessage('started', 0n, new WireWriter().text('a').u32(5).finish())
    socket.write(Buffer.concat([unknown, started, encodeMessage('subscribe', id, Buffer.alloc(0))]))
  })
  using connection = await keeper.connect()
  const events: unknown[] = []
  await connection.subscribe(event => events.push(event))
  expect(events).toEqual([{ kind: 'started', id: 'a', pid: 5 }])
})

test('connectKeeper() returns undefined where nobody listens', async () => {
  expect(await connectKeeper('/nonexistent/s')).toBeUndefined()
})

test('connectKeeper() returns undefined for a keeper that is about to end', async () => {
  await using keeper = new FakeKeeper((_, socket) => socket.destroy())
  using _ = await keeper.connect()
  expect(await connectKeeper(keeper.path)).toBeUndefined()
})

test('KeeperClient gives up a request that is not answered in time', async () => {
  await using keeper = new FakeKeeper(() => {})
  using connection = await keeper.connect(50)
  await expect(connection.list()).rejects.toMatchObject({ code: 'keeper-stalled' })
  await expect(connectKeeper(keeper.path, 50)).rejects.toMatchObject({ code: 'keeper-stalled' })
})

test('KeeperClient waits for an end, and for a launch as long as the keeper answers', async () => {
  const reply = new WireWriter().u32(7).u64(1n).finish()
  let hellos = 0
  await using keeper = new FakeKeeper(({ id, type }, socket) => {
    if (type !== MESSAGE_TYPES.hello) return
    hellos += 1
    socket.write(encodeMessage('hello', id, reply))
    if (hellos === 3) socket.write(encodeMessage('launch', 1n, reply))
    if (hellos === 3) socket.write(encodeMessage('wait', 2n, ended(9)))
  })
  using connection = await keeper.connect(50)
  const launched = connection.launch(Buffer.alloc(0))
  expect(await connection.wait('a')).toEqual({ status: 9, finishedAt: 1n })
  expect(await launched).toEqual({ pid: 7, startTime: 1n })
})

test('KeeperClient gives up a launch once the keeper answers nothing else either', async () => {
  await using keeper = new FakeKeeper(() => {})
  using connection = await keeper.connect(50)
  await expect(connection.launch(Buffer.alloc(0))).rejects.toMatchObject({ code: 'keeper-stalled' })
})

test('KeeperClient entrusts nothing to a keeper that does not know how', async () => {
  const payloads: number[] = []
  await using keeper = new FakeKeeper(({ id, type, payload }, socket) => {
    expect(type).toBe(MESSAGE_TYPES.entrust)
    payloads.push(payload.length)
    const failure = new WireWriter().u32(constants.errno.ENOSYS).u32(0xffff_ffff).text('unknown request')
    const reply = encodeMessage('entrust', id, failure.finish())
    // The type of a reply is 0, and 1 is the flag of a failure.
    reply.writeUInt16LE(0, 4)
    reply.writeUInt16LE(1, 6)
    socket.write(reply)
  })
  using client = await keeper.connect()
  for (let round = 0; round < 2; round++)
    await expect(client.entrust('wake/pipe', 0)).rejects.toMatchObject({ errnoName: 'ENOSYS' })
  expect(payloads).toEqual([0])
})
