import { expect, test } from 'vitest'
import { macAddressOf } from '../../../../src/engine/local/network/mac-address.ts'

test('macAddressOf() is local and ends in the address', () => {
  expect(macAddressOf('172.18.0.10')).toBe('02:42:ac:12:00:0a')
})
