import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { formatIpBlock } from '../../../src/base/ip-block.ts'
import { openNetlink } from '../../../src/linux/netlink/netlink-socket.ts'
import { listRuleBlocks } from '../../../src/linux/rtnetlink/rule.ts'
import { createNetworkSandbox } from '../../support/network-sandbox.ts'

test('listRuleBlocks() returns sources and destinations of both families, and nothing of rules for all', () => {
  using sandbox = createNetworkSandbox()
  const blocks = sandbox.onHost(() => {
    for (const rule of ['from 172.16.0.0/20 table 51', 'to 192.168.9.0/24 table 51', 'iif lo table 52'])
      execFileSync('ip', ['rule', 'add', ...rule.split(' ')])
    execFileSync('ip', ['-6', 'rule', 'add', 'to', 'fd00:5::/64', 'table', '51'])
    using socket = openNetlink('route')
    return listRuleBlocks(socket).map(formatIpBlock)
  })
  expect(blocks.toSorted()).toEqual(['172.16.0.0/20', '192.168.9.0/24', 'fd00:5::/64'])
})
