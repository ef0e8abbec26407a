import { once } from 'node:events'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { checked, libcFunction } from '../../src/linux/libc.ts'
import {
  connectUnixSocket,
  peerOf,
  receiveDescriptors,
  sendDescriptors,
  setReceiveTimeout,
} from '../../src/linux/unix-socket.ts'

const socketpair = libcFunction('int socketpair(int domain, int type, int protocol, uint8_t *fds)')
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcs'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function openPair(): readonly [number, number] {
  const fds = Buffer.alloc(8)
  checked(socketpair(1, 1, 0, fds), 'socketpair', '')
  return [fds.readInt32LE(0), fds.readInt32LE(4)]
}

test('connectUnixSocket() reaches a socket whose path is longer than an address', async () => {
  const deep = join(folder, 'x'.repeat(150))
  mkdirSync(deep)
  const server = createServer(socket => socket.end())
  server.listen(`${folder}/s`)
  await once(server, 'listening')
  renameSync(`${folder}/s`, join(deep, 's'))
  const fd = connectUnixSocket(join(deep, 's'))
  expect(fd).toBeTypeOf('number')
  closeSync(fd ?? -1)
  await new Promise(resolve => server.close(resolve))
})

test('connectUnixSocket() returns undefined where there is no socket', () => {
  expect(connectUnixSocket(join(folder, 'missing/s'))).toBeUndefined()
  expect(connectUnixSocket(join(folder, 's'))).toBeUndefined()
})

test('sendDescriptors() hands over descriptors with the data', () => {
  const [one, other] = openPair()
  writeFileSync(join(folder, 'file'), 'content')
  const file = openSync(join(folder, 'file'), 'r')
  expect(sendDescriptors(one, Buffer.from('hello'), [file, file])).toBe(5)
  const { data, fds } = receiveDescriptors(other, 100)
  expect(data.toString()).toBe('hello')
  expect(fds.map(fd => readFileSync(fd, 'utf8'))).toEqual(['content', ''])
  for (const fd of [one, other, file, ...fds]) closeSync(fd)
})

test('sendDescriptors() returns 0 when the buffer is full', () => {
  const [one, other] = openPair()
  const chunk = Buffer.alloc(1 << 16)
  let sent = 1
  while (sent > 0) sent = sendDescriptors(one, chunk, [])
  expect(sent).toBe(0)
  for (const fd of [one, other]) closeSync(fd)
})

test('receiveDescriptors() gives up after the timeout', () => {
  const [one, other] = openPair()
  setReceiveTimeout(other, 1)
  expect(() => receiveDescriptors(other, 100)).toThrow(
    expect.objectContaining({ errno: constants.errno.EAGAIN }),
  )
  for (const fd of [one, other]) closeSync(fd)
})

test('peerOf() tells who has connected', async () => {
  const path = join(folder, 'socket')
  const connected = Promise.withResolvers<unknown>()
  const server = createServer({ pauseOnConnect: true }, socket => {
    const { fd } = (socket as unknown as { readonly _handle: { readonly fd: number } })._handle
    connected.resolve(peerOf(fd))
    socket.destroy()
  })
  onTestFinished(() => void server.close())
  await once(server.listen(path), 'listening')
  const fd = connectUnixSocket(path) ?? -1
  expect(await connected.promise).toEqual({ pid: process.pid, uid: process.getuid?.() })
  closeSync(fd)
  expect(() => peerOf(openSync('/dev/null', 'r'))).toThrow('ENOTSOCK')
})
