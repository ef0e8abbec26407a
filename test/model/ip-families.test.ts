import { expect, test } from 'vitest'
import { formatIpAddress } from '../../src/base/ip-address.ts'
import { parseIpBlock } from '../../src/base/ip-block.ts'
import { impliedGateway } from '../../src/model/ip-families.ts'

test.each([
  { subnet: '10.8.0.0/24', gateway: '10.8.0.1' },
  { subnet: 'fd00::/64', gateway: 'fd00::1' },
  { subnet: '10.8.0.0/24', aux: ['10.8.0.1', '10.8.0.2'], gateway: '10.8.0.3' },
  { subnet: '10.8.0.0/16', ipRange: '10.8.5.0/24', gateway: '10.8.5.0' },
  { subnet: '10.8.0.0/24', ipRange: '10.8.0.0/25', gateway: '10.8.0.1' },
  { subnet: 'fd00::/80', ipRange: 'fd00::100:0/112', gateway: 'fd00::100:0' },
  { subnet: '10.8.0.0/24', ipRange: '10.8.0.255/32', gateway: '10.8.0.1' },
  { subnet: '10.8.0.0/30', aux: ['10.8.0.1', '10.8.0.2'], gateway: undefined },
])('impliedGateway() of $subnet with $ipRange is $gateway', ({ subnet, ipRange, aux = [], gateway }) => {
  const block = parseIpBlock(subnet)
  if (block === undefined) throw new Error('Cannot read the case')
  const auxAddresses = new Map(aux.map((text, index) => [String(index), text]))
  const found = impliedGateway({ subnet, ipRange, gateway: undefined, auxAddresses }, block)
  expect(found && formatIpAddress(found)).toBe(gateway)
})
