import { closeSync, fstatSync, openSync, readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sendDescriptors } from '../../src/linux/unix-socket.ts'
import { type CallHeader, encodeHeader } from '../../src/warm/protocol.ts'
import { receiveCall } from '../../src/warm/receive-call.ts'
import { warmConnection } from '../support/warm-connection.ts'

const TEXTS = Buffer.from('/root\0/tmp\0ps\0A=1\0')
const HEADER: CallHeader = { kind: 'command', textBytes: TEXTS.length, umask: 0o22, argumentCount: 1 }

function openFiles(): number {
  return readdirSync('/proc/self/fd').length
}

test('receiveCall() takes the streams and the texts of a command', async () => {
  const { front, server } = await warmConnection()
  const file = openSync(import.meta.filename, 'r')
  sendDescriptors(front, encodeHeader(HEADER), [file, file, file])
  const receiving = receiveCall(server)
  await delay(20)
  sendDescriptors(front, TEXTS, [])
  const call = await receiving
  expect(call).toMatchObject({ pid: process.pid, command: { root: '/root', argv: ['ps'], umask: 0o22 } })
  const streams = call?.command?.streams ?? []
  expect(streams.map(stream => fstatSync(stream).ino)).toEqual(Array(3).fill(fstatSync(file).ino))
  for (const fd of [...streams, file, front]) closeSync(fd)
})

test.for([
  { what: 'other bytes', bytes: Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n'), streams: 0 },
  { what: 'two streams', bytes: Buffer.concat([encodeHeader(HEADER), TEXTS]), streams: 2 },
  { what: 'four streams', bytes: Buffer.concat([encodeHeader(HEADER), TEXTS]), streams: 4 },
  { what: 'texts that do not come', bytes: encodeHeader(HEADER), streams: 3 },
  {
    what: 'a question with streams',
    bytes: encodeHeader({ ...HEADER, kind: 'end', textBytes: 0 }),
    streams: 1,
  },
])('receiveCall() refuses $what and keeps no descriptor', async ({ bytes, streams }) => {
  const { front, server } = await warmConnection()
  const file = openSync('/dev/null', 'r')
  sendDescriptors(front, bytes.subarray(0, 20), Array(streams).fill(file))
  sendDescriptors(front, bytes.subarray(20), [])
  const before = openFiles()
  expect(await receiveCall(server)).toBeUndefined()
  await delay(20)
  expect(openFiles()).toBeLessThanOrEqual(before)
  closeSync(file)
  closeSync(front)
})
