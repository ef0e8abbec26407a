import { closeSync, openSync, readSync } from 'node:fs'
import { expect, test } from 'vitest'
import { duplicateDescriptor } from '../../src/linux/duplicate-descriptor.ts'

test('duplicateDescriptor() shares the open file, with its offset', () => {
  const fd = openSync(import.meta.filename, 'r')
  const copy = duplicateDescriptor(fd)
  const bytes = Buffer.alloc(6)
  readSync(fd, bytes)
  closeSync(fd)
  expect(bytes.toString()).toBe('import')
  readSync(copy, bytes, 0, 2, null)
  closeSync(copy)
  expect(bytes.toString('latin1', 0, 2)).toBe(' {')
})

test('duplicateDescriptor() of a closed descriptor throws', () => {
  expect(() => duplicateDescriptor(9999)).toThrow('EBADF')
})
