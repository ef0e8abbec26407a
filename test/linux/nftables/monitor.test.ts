import { expect, test } from 'vitest'
import { openNetlink } from '../../../src/linux/netlink/netlink-socket.ts'
import { openRulesetMonitor } from '../../../src/linux/nftables/monitor.ts'
import { commit, deleteTable, newTable } from '../../../src/linux/nftables/ruleset.ts'
import { createNetworkSandbox } from '../../support/network-sandbox.ts'

const inet = (name: string) => ({ family: 'inet', name }) as const

test('openRulesetMonitor() names the tables that changed since it was asked last', () => {
  using sandbox = createNetworkSandbox()
  sandbox.onHost(() => {
    using socket = openNetlink('netfilter')
    using monitor = openRulesetMonitor()
    expect(monitor.changedTables()).toEqual(new Set())
    commit(socket, [newTable(inet('one')), newTable(inet('other'))])
    expect(monitor.changedTables()).toEqual(new Set(['one', 'other']))
    commit(socket, [deleteTable(inet('one'))])
    expect(monitor.changedTables()).toEqual(new Set(['one']))
    expect(monitor.changedTables()).toEqual(new Set())
  })
})

test('openRulesetMonitor() says when changes were lost', () => {
  using sandbox = createNetworkSandbox()
  sandbox.onHost(() => {
    using socket = openNetlink('netfilter')
    using monitor = openRulesetMonitor()
    for (let round = 0; round < 40; round++) {
      const names = Array.from({ length: 40 }, (_, index) => `table_${round}_${index}_${'x'.repeat(100)}`)
      commit(socket, names.map(inet).map(newTable))
    }
    expect(monitor.changedTables()).toBe('unknown')
    expect(monitor.changedTables()).toEqual(new Set())
  })
})
