import { expect, test } from 'vitest'
import { isInNetwork } from '../../../src/parser/address/is-in-network.ts'

for (const [address, network, isIn] of [
  ['10.8.0.5', '10.8.0.0/24', true],
  ['10.8.1.5', '10.8.0.0/24', false],
  ['10.8.1.5', '10.8.0.0/16', true],
  ['1.2.3.4', '0.0.0.0/0', true],
  ['255.255.255.255', '255.255.255.255/32', true],
  ['fd00:1::5', 'fd00:1::/64', true],
  ['fd00:1:0:1::5', 'fd00:1::/64', false],
  ['::1', '::/0', true],
  ['::ffff:1.2.3.4', '::ffff:0:0/96', true],
  ['10.8.0.5', 'fd00::/8', false],
] as const) {
  test(`isInNetwork() finds ${address} ${isIn ? 'in' : 'outside of'} ${network}`, () => {
    expect(isInNetwork(address, network)).toBe(isIn)
  })
}
