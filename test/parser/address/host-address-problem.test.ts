import { expect, test } from 'vitest'
import { parseIpAddress } from '../../../src/base/ip-address.ts'
import { parseIpBlock } from '../../../src/base/ip-block.ts'
import { hostAddressProblem } from '../../../src/parser/address/host-address-problem.ts'

test.each([
  { block: '10.8.0.0/24', text: '10.8.0.1', problem: undefined },
  { block: '10.8.0.0/24', text: '10.8.1.1', problem: 'it is outside 10.8.0.0/24' },
  { block: '10.8.0.0/24', text: 'fd00::1', problem: 'it is outside 10.8.0.0/24' },
  { block: '10.8.0.0/24', text: '10.8.0.0', problem: 'it stands for the whole of 10.8.0.0/24' },
  { block: '10.8.0.0/24', text: '10.8.0.255', problem: 'it is the broadcast address of 10.8.0.0/24' },
  { block: '10.8.0.0/31', text: '10.8.0.0', problem: undefined },
  { block: 'fd00::/64', text: 'fd00::', problem: 'it stands for the whole of fd00::/64' },
  { block: 'fd00::/64', text: 'fd00::ffff:ffff:ffff:ffff', problem: undefined },
])('hostAddressProblem() of $text in $block is $problem', ({ block, text, problem }) => {
  const [subnet, address] = [parseIpBlock(block), parseIpAddress(text)]
  if (subnet === undefined || address === undefined) throw new Error('Cannot read the case')
  expect(hostAddressProblem(subnet, address)).toBe(problem)
})
