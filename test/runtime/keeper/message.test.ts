import { expect, test } from 'vitest'
import { decodeMessages, encodeMessage } from '../../../src/runtime/keeper/message.ts'

test('decodeMessages() returns whole messages and the rest', () => {
  const first = encodeMessage('wait', 7n, Buffer.from('one'))
  const second = encodeMessage('list', 8n, Buffer.alloc(0))
  const { messages, rest } = decodeMessages(Buffer.concat([first, second, first.subarray(0, 17)]))
  expect(messages).toMatchObject([
    { type: 4, id: 7n, isFailure: false, hasMore: false, payload: Buffer.from('one') },
    { type: 5, id: 8n, payload: Buffer.alloc(0) },
  ])
  expect(rest).toEqual(first.subarray(0, 17))
})

test('decodeMessages() reads the flags of a reply', () => {
  const reply = encodeMessage('hello', 1n, Buffer.alloc(0))
  reply.writeUInt16LE(3, 6)
  expect(decodeMessages(reply).messages).toMatchObject([{ isFailure: true, hasMore: true }])
})
