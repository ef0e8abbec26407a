import { describe, expect, test } from 'vitest'
import { openNetlink } from '../../../src/linux/netlink/netlink-socket.ts'
import { matchProtocol, verdict } from '../../../src/linux/nftables/expression.ts'
import {
  appendRule,
  commit,
  deleteRule,
  deleteTable,
  findChainPolicy,
  findTable,
  flushRules,
  insertRule,
  listRules,
  listTables,
  newBaseChain,
  newTable,
} from '../../../src/linux/nftables/ruleset.ts'
import { createNetworkSandbox } from '../../support/network-sandbox.ts'

const table = { family: 'inet', name: 'tcompose_abc123_my-shop' } as const
const chain = {
  table,
  name: 'forward',
  type: 'filter',
  hook: 'forward',
  priority: -5,
  policy: 'drop',
} as const
const rule = (comment: string) => ({
  table,
  chain: 'forward',
  expressions: [matchProtocol(6), verdict('accept')],
  comment,
})

describe('rules', () => {
  test('appendRule(), insertRule() and deleteRule() keep their order and comments', () => {
    using sandbox = createNetworkSandbox()
    using socket = sandbox.onHost(() => openNetlink('netfilter'))
    const comments = () => listRules(socket, table).map(({ comment }) => comment)
    commit(socket, [
      newTable(table),
      newBaseChain(chain),
      appendRule(rule('b')),
      appendRule(rule('c')),
      insertRule(rule('a')),
    ])
    expect(comments()).toEqual(['a', 'b', 'c'])
    commit(
      socket,
      listRules(socket, table)
        .slice(1, 2)
        .map(installed => deleteRule(table, installed)),
    )
    expect(comments()).toEqual(['a', 'c'])
    commit(socket, [flushRules(table), appendRule(rule('d'))])
    expect(comments()).toEqual(['d'])
    commit(socket, [])
  })

  test('listRules() of a chain leaves those of others out', () => {
    using sandbox = createNetworkSandbox()
    using socket = sandbox.onHost(() => openNetlink('netfilter'))
    const other = { ...chain, name: 'other' }
    const rules = [appendRule(rule('a')), appendRule({ ...rule('b'), chain: 'other' })]
    commit(socket, [newTable(table), newBaseChain(chain), newBaseChain(other), ...rules])
    const comments = (name?: string) => listRules(socket, table, name).map(({ comment }) => comment)
    expect(comments()).toEqual(['a', 'b'])
    expect(comments('other')).toEqual(['b'])
    expect(comments('missing')).toEqual([])
  })

  test('appendRule() refuses a comment that the kernel would not take', () => {
    expect(() => appendRule(rule('x'.repeat(127)))).toThrow(RangeError)
  })

  test('listRules() of a table that is not there is empty', () => {
    using sandbox = createNetworkSandbox()
    using socket = sandbox.onHost(() => openNetlink('netfilter'))
    expect(listRules(socket, table)).toEqual([])
  })
})

test('findChainPolicy() tells drop, accept and no chain apart', () => {
  using sandbox = createNetworkSandbox()
  using socket = sandbox.onHost(() => openNetlink('netfilter'))
  commit(socket, [
    newTable(table),
    newBaseChain(chain),
    newBaseChain({ ...chain, name: 'open', policy: 'accept' }),
  ])
  expect(['forward', 'open', 'none'].map(name => findChainPolicy(socket, table, name))).toEqual([
    'drop',
    'accept',
    undefined,
  ])
  expect(findChainPolicy(socket, { ...table, name: 'none' }, 'forward')).toBeUndefined()
})

test('newTable() and newBaseChain() may be repeated, and deleteTable() takes all away', () => {
  using sandbox = createNetworkSandbox()
  using socket = sandbox.onHost(() => openNetlink('netfilter'))
  for (const _ of [1, 2]) commit(socket, [newTable(table), newBaseChain(chain)])
  expect(listTables(socket)).toEqual([table])
  commit(socket, [deleteTable(table)])
  expect(listTables(socket)).toEqual([])
})

test('tables of two families may have one name', () => {
  using sandbox = createNetworkSandbox()
  using socket = sandbox.onHost(() => openNetlink('netfilter'))
  const families = (['inet', 'ip', 'ip6'] as const).map(family => ({ ...table, family }))
  for (const each of families) {
    commit(socket, [
      newTable(each),
      newBaseChain({ ...chain, table: each }),
      appendRule({ ...rule(each.family), table: each }),
    ])
  }
  expect(listTables(socket).toSorted((a, b) => (a.family < b.family ? -1 : 1))).toEqual(families)
  expect(families.map(each => listRules(socket, each).map(({ comment }) => comment))).toEqual([
    ['inet'],
    ['ip'],
    ['ip6'],
  ])
  commit(socket, [deleteTable(table)])
  expect(findTable(socket, table)).toBeUndefined()
  expect(findTable(socket, { ...table, family: 'ip6' })).toEqual({ isDormant: false, isOwned: false })
})
