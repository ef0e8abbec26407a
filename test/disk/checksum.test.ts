import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkSeal, checksumOf, sealText } from '../../src/disk/checksum.ts'

test('checkSeal() finds what sealText() wrote sound, and JSON as before', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { minKeys: 1 }), value => {
      const text = sealText(JSON.stringify(value))
      expect(checkSeal(text)).toBe('sound')
      const { checksum, ...rest } = JSON.parse(text)
      expect(checksum).toMatch(/^[0-9a-f]{8}$/)
      if (!('checksum' in value))
        expect(JSON.stringify(rest)).toBe(JSON.stringify(JSON.parse(JSON.stringify(value))))
    }),
  )
})

test('checkSeal() finds every changed byte and every cut', () => {
  const text = sealText(JSON.stringify({ version: 1, name: 'shop', list: [1, 2, 3] }))
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += 1) {
    const flipped = Buffer.from(bytes)
    flipped[at] = (flipped[at] ?? 0) ^ 1
    expect(checkSeal(flipped.toString()), `byte ${at}`).toBe('damaged')
    expect(checkSeal(text.slice(0, at)), `cut at ${at}`).toBe('damaged')
  }
})

test('checkSeal() finds a text without a checksum unsealed', () => {
  expect(checkSeal('{"version":1}')).toBe('unsealed')
})

test('checksumOf() tells texts apart whose last bytes fill no word', () => {
  const sums = ['', 'a', 'b', 'ab', 'ba', 'abc', 'abcd', 'abcde', 'abcde\0'].map(checksumOf)
  expect(new Set(sums).size).toBe(sums.length)
})
