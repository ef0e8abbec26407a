import { expect, test } from 'vitest'
import { WireWriter } from '../../../src/runtime/keeper/wire-writer.ts'

test('WireWriter.terminated() counts its NUL', () => {
  expect(new WireWriter().terminated('ab').finish()).toEqual(Buffer.from([3, 0, 0, 0, 97, 98, 0]))
})

test('WireWriter.bytes() takes a view of a larger buffer', () => {
  const view = Uint8Array.of(1, 2, 3).subarray(1, 2)
  expect(new WireWriter().bytes(view).finish()).toEqual(Buffer.from([1, 0, 0, 0, 2]))
})
