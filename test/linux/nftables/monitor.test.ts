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

test('openRulesetMonitor() leaves out tables to ignore, and nothing beside them', () => {
  using sandbox = createNetworkSandbox()
  sandbox.onHost(() => {
    using socket = openNetlink('netfilter')
    const own = 'tcompose_0123ab_shop'
    using monitor = openRulesetMonitor({ prefix: 'tcompose', own })
    const told = (...names: readonly string[]) => {
      commit(socket, names.map(inet).map(newTable))
      return [...unwrap(monitor.changedTables())].sort()
    }
    expect(told('tcompose_0123ab_other')).toEqual([])
    expect(told('tcompose-forwarding', 'tcompose_0123ab_s', 'tcompose_0123ab_sh0p')).toEqual([])
    expect(told(own)).toEqual([own])
    commit(socket, [deleteTable(inet(own))])
    expect(monitor.changedTables()).toEqual(new Set([own]))
    expect(told('tcompose_1', own, 'tcompose_2')).toContain(own)
    expect(told('a')).toEqual(['a'])
    expect(told('tcompose_3', 'tcompos')).toContain('tcompos')
    expect(told('tcompose_4', 'tcompose_5')).toEqual([])
    // Of what does not fit into the filter nothing is lost.
    const many = Array.from({ length: 60 }, (_, index) => `tcompose_${index}_x`)
    expect(told(...many, 'z')).toContain('z')
    commit(socket, [deleteTable(inet('tcompose_1'))])
    expect(monitor.changedTables()).toEqual(new Set())
    commit(socket, [deleteTable(inet(own))])
    expect(monitor.changedTables()).toEqual(new Set([own]))
  })
})

function unwrap(changes: ReadonlySet<string> | 'unknown'): ReadonlySet<string> {
  if (changes === 'unknown') throw new Error('changes were lost')
  return changes
}
