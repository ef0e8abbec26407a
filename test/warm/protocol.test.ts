import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type CallHeader,
  decodeHeader,
  decodeTexts,
  encodeHeader,
  exitReply,
} from '../../src/warm/protocol.ts'

const HEADER: CallHeader = { kind: 'command', textBytes: 5, umask: 0o27, argumentCount: 2 }

test('decodeHeader() reads what encodeHeader() writes', () => {
  for (const kind of ['command', 'describe', 'end'] as const)
    expect(decodeHeader(encodeHeader({ ...HEADER, kind }))).toEqual({ ...HEADER, kind })
})

test('decodeHeader() refuses other versions and kinds, and texts that are too long', () => {
  const changed = (at: number, value: number) => {
    const bytes = encodeHeader(HEADER)
    bytes.writeUInt32LE(value, at)
    return decodeHeader(bytes)
  }
  expect(changed(0, 1)).toBeUndefined()
  expect(changed(4, 0)).toBeUndefined()
  expect(changed(4, 9)).toBeUndefined()
  expect(changed(8, 1024 * 1024 + 1)).toBeUndefined()
  expect(changed(8, 1024 * 1024)).toBeDefined()
  expect(decodeHeader(Buffer.alloc(3))).toBeUndefined()
})

function texts(...parts: readonly string[]): Buffer {
  return Buffer.from(parts.map(part => `${part}\0`).join(''))
}

test('decodeTexts() tells the arguments from the environment', () => {
  expect(decodeTexts(texts('/root', '/here', 'up', '-d', 'A=1=2', 'none', 'A=3', 'Ü=ä'), 2)).toEqual({
    root: '/root',
    workingDirectory: '/here',
    argv: ['up', '-d'],
    environment: new Map([
      ['A', '3'],
      ['Ü', 'ä'],
    ]),
  })
  expect(decodeTexts(texts('/root', '/here', ''), 1)?.argv).toEqual([''])
})

test('decodeTexts() refuses texts without an end, and fewer than the header says', () => {
  expect(decodeTexts(Buffer.from('/root\0/here'), 0)).toBeUndefined()
  expect(decodeTexts(texts('/root'), 0)).toBeUndefined()
  expect(decodeTexts(texts('/root', '/here', 'up'), 2)).toBeUndefined()
  expect(decodeTexts(Buffer.alloc(0), 0)).toBeUndefined()
})

test('no bytes make the decoders throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(), (bytes, count) => {
      decodeHeader(Buffer.from(bytes))
      decodeTexts(Buffer.from(bytes), count)
    }),
  )
})

test('exitReply() is two bytes', () => {
  expect([...exitReply(130)]).toEqual([0x58, 130])
})
