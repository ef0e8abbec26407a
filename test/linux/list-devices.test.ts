import { expect, test } from 'vitest'
import { deviceNumbers, listDevices } from '../../src/linux/list-devices.ts'

test('listDevices() finds /dev/null with its numbers', () => {
  expect(listDevices().find(device => device.path === '/dev/null')).toMatchObject({
    kind: 'character',
    major: 1,
    minor: 3,
  })
})

test('deviceNumbers() takes numbers apart that are larger than a byte', () => {
  expect(deviceNumbers(0x103)).toEqual({ major: 1, minor: 3 })
  expect(deviceNumbers((259 << 8) | 0x07 | (0x1 << 20))).toEqual({ major: 259, minor: 0x107 })
})
