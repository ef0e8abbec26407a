import { closeSync } from 'node:fs'
import { expect, test } from 'vitest'
import { receiveDescriptors, sendDescriptors } from '../../src/linux/unix-socket.ts'
import { Caller } from '../../src/warm/caller.ts'
import { warmConnection } from '../support/warm-connection.ts'

const NEVER = new AbortController().signal

test('take() returns bytes in turn, however they come, and nothing behind the end', async () => {
  const { front, server } = await warmConnection()
  const caller = new Caller(server)
  sendDescriptors(front, Buffer.from('abc'), [])
  expect(String(await caller.take(2, NEVER))).toBe('ab')
  const rest = caller.take(3, NEVER)
  sendDescriptors(front, Buffer.from('de'), [])
  expect(String(await rest)).toBe('cde')
  sendDescriptors(front, Buffer.from('f'), [])
  const more = caller.take(2, NEVER)
  closeSync(front)
  expect(await more).toBeUndefined()
  expect(caller.gone.aborted).toBe(true)
})

test('take() ends when its signal aborts, and loses nothing', async () => {
  const { front, server } = await warmConnection()
  const caller = new Caller(server)
  expect(await caller.take(1, AbortSignal.timeout(20))).toBeUndefined()
  sendDescriptors(front, Buffer.from('x'), [])
  expect(String(await caller.take(1, NEVER))).toBe('x')
  closeSync(front)
})

test('end() sends its last bytes before the connection ends', async () => {
  const { front, server } = await warmConnection()
  const caller = new Caller(server)
  caller.send('one ')
  await caller.end('two')
  expect(String(receiveDescriptors(front, 100).data)).toBe('one two')
  expect(receiveDescriptors(front, 100).data.length).toBe(0)
  closeSync(front)
})
