import { expect, test } from 'vitest'
import { packCpio } from '../vm/cpio.ts'

test('packCpio() aligns every part to four bytes and ends in the trailer', () => {
  const archive = packCpio([{ path: 'a', mode: 0o100644, content: Buffer.from('hello') }])
  expect(archive.length % 4).toBe(0)
  expect(archive.subarray(0, 6).toString()).toBe('070701')
  expect(archive.subarray(112, 117).toString()).toBe('hello')
  expect(archive.includes('TRAILER!!!')).toBe(true)
})
