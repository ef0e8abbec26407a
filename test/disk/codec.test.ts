import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRecord, encodeRecord } from '../../src/disk/codec.ts'

test('decodeRecord() gives back Maps inside Maps, lists and objects', () => {
  const value = { a: new Map([['x', new Map([['y', [1, 2]]])]]), b: [new Map()] }
  expect(decodeRecord(encodeRecord(value))).toEqual(value)
})

test('decodeRecord() gives back any JSON value with Maps in it', () => {
  const { tree } = fc.letrec(tie => ({
    tree: fc.oneof(
      fc.jsonValue(),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.array(fc.tuple(fc.string(), tie('tree')), { maxLength: 3 }).map(pairs => new Map(pairs)),
    ),
  }))
  fc.assert(
    fc.property(tree, value => {
      const text = encodeRecord(value)
      expect(encodeRecord(decodeRecord(text))).toBe(text)
    }),
  )
})

test('decodeRecord() gives back Map values that are undefined', () => {
  const value = new Map([['taken away', undefined]])
  expect(decodeRecord(encodeRecord(value))).toStrictEqual(value)
})
