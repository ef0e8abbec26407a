import { constants } from 'node:os'
import { describe, expect, test } from 'vitest'
import { openNetlink } from '../../../src/linux/netlink/netlink-socket.ts'
import { commit, deleteTable, listTables, newTable } from '../../../src/linux/nftables/ruleset.ts'
import { changeLink, deleteLink, findLink, listLinks, newBridge } from '../../../src/linux/rtnetlink/link.ts'
import { createNetworkSandbox } from '../../support/network-sandbox.ts'

const inet = (name: string) => ({ family: 'inet', name }) as const

const bridge = (name: string) => newBridge({ name, macAddress: '02:00:00:00:00:01', mtu: undefined })

describe('NetlinkSocket.send()', () => {
  test('names the request, the errno and the words of the kernel', () => {
    using sandbox = createNetworkSandbox()
    using socket = sandbox.onHost(() => openNetlink('route'))
    expect(() => socket.send([{ ...bridge('one'), payload: bridge('one/two').payload }])).toThrow(
      expect.objectContaining({
        errnoName: 'EINVAL',
        message: expect.stringMatching(/^netlink create bridge one.*: EINVAL$/),
      }),
    )
    expect(() => socket.send([changeLink('none', { up: true })])).toThrow(
      'netlink set up interface none: ENODEV',
    )
  })

  test('goes on after a request that fails and reports the first', () => {
    using sandbox = createNetworkSandbox()
    using socket = sandbox.onHost(() => openNetlink('route'))
    expect(() =>
      socket.send([changeLink('a', { up: true }), changeLink('b', { up: true }), bridge('c')]),
    ).toThrow('interface a')
    expect(findLink(socket, 'c')?.kind).toBe('bridge')
  })

  test('takes a tolerated errno for success', () => {
    using sandbox = createNetworkSandbox()
    using socket = sandbox.onHost(() => openNetlink('route'))
    socket.send([
      deleteLink('none'),
      { ...changeLink('none', { up: true }), tolerate: [constants.errno.ENODEV] },
    ])
    socket.send([])
  })

  test('carries out all or none of an nf_tables batch', () => {
    using sandbox = createNetworkSandbox()
    using socket = sandbox.onHost(() => openNetlink('netfilter'))
    expect(() => commit(socket, [newTable(inet('one')), deleteTable(inet('two'))])).toThrow(
      'netlink delete table two: ENOENT',
    )
    expect(listTables(socket)).toEqual([])
    commit(socket, [newTable(inet('one'))])
    expect(listTables(socket)).toEqual([inet('one')])
  })
})

test('NetlinkSocket.dump() reads lists that take many datagrams', () => {
  using sandbox = createNetworkSandbox()
  using socket = sandbox.onHost(() => openNetlink('route'))
  const names = Array.from({ length: 60 }, (_, index) => `br${index}`)
  socket.send(names.map(bridge))
  expect(listLinks(socket).map(({ name }) => name)).toEqual(['lo', ...names])
})
