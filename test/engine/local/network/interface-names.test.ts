import { expect, test } from 'vitest'
import {
  parseInterfaceNames,
  readInterfaceNames,
} from '../../../../src/engine/local/network/interface-names.ts'

test('parseInterfaceNames() skips the headings and takes what stands before the last colon', () => {
  const text = 'Inter-|   Receive\n face |bytes\n    lo: 1 2 3\n eth0:1 0: 5\ntcb0123456789: 0 0\n'
  expect([...parseInterfaceNames(text)]).toEqual(['lo', 'eth0:1 0', 'tcb0123456789'])
})

test('readInterfaceNames() finds the loopback interface', () => {
  expect(readInterfaceNames().has('lo')).toBe(true)
})
