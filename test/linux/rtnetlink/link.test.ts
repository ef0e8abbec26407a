import { closeSync, openSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openNetlink } from '../../../src/linux/netlink/netlink-socket.ts'
import { createNetns, withNetns } from '../../../src/linux/netns.ts'
import {
  changeLink,
  deleteLink,
  deleteLinks,
  findLink,
  listLinks,
  newBridge,
  newSubInterface,
  newVeth,
  setBridgePort,
} from '../../../src/linux/rtnetlink/link.ts'
import { createNetworkSandbox } from '../../support/network-sandbox.ts'

const macAddress = '02:00:00:00:00:01'

test('newBridge() makes a bridge with its MAC address and MTU', () => {
  using sandbox = createNetworkSandbox()
  using socket = sandbox.onHost(() => openNetlink('route'))
  socket.send([
    newBridge({ name: 'br', macAddress, mtu: 1400 }),
    changeLink('br', { alias: 'mine', up: true }),
  ])
  expect(findLink(socket, 'br')).toEqual({
    index: 2,
    name: 'br',
    alias: 'mine',
    kind: 'bridge',
    master: undefined,
    mtu: 1400,
    macAddress,
    up: true,
  })
})

test('newVeth() puts the peer into another namespace, and changeLink() makes the host end a port', () => {
  using sandbox = createNetworkSandbox()
  using socket = sandbox.onHost(() => openNetlink('route'))
  const path = sandbox.container('web')
  createNetns(path)
  const netns = openSync(path, 'r')
  socket.send([
    newBridge({ name: 'br', macAddress, mtu: undefined }),
    newVeth({ name: 'end', mtu: 1300, peer: { name: 'eth0', macAddress: '02:00:00:00:00:09', netns } }),
  ])
  closeSync(netns)
  socket.send([
    changeLink('end', { master: findLink(socket, 'br')?.index ?? 0, up: true }),
    setBridgePort('end', { hairpin: true, isolated: true }),
  ])
  expect(findLink(socket, 'end')).toMatchObject({ kind: 'veth', master: 2, mtu: 1300, up: true })
  using inside = withNetns(path, () => openNetlink('route'))
  expect(findLink(inside, 'eth0')).toMatchObject({ macAddress: '02:00:00:00:00:09', mtu: 1300, up: false })
})

test('newSubInterface() makes an interface in another namespace that shares the wire of its parent', () => {
  using sandbox = createNetworkSandbox()
  using socket = sandbox.onHost(() => openNetlink('route'))
  const path = sandbox.container('web')
  createNetns(path)
  const netns = openSync(path, 'r')
  socket.send([newBridge({ name: 'uplink', macAddress, mtu: undefined })])
  const kind = { name: 'macvlan', mode: 'bridge', macAddress: '02:00:00:00:00:09' } as const
  const parent = findLink(socket, 'uplink')?.index ?? 0
  socket.send([newSubInterface({ name: 'eth0', parent, netns, mtu: 1400, kind })])
  closeSync(netns)
  using inside = withNetns(path, () => openNetlink('route'))
  const made = { kind: 'macvlan', macAddress: '02:00:00:00:00:09', mtu: 1400, up: false }
  expect(findLink(inside, 'eth0')).toMatchObject(made)
  expect(findLink(socket, 'eth0')).toBeUndefined()
})

describe('deleteLinks()', () => {
  test('deletes all that are named and no other, whether or not each exists', () => {
    using sandbox = createNetworkSandbox()
    using socket = sandbox.onHost(() => openNetlink('route'))
    socket.send(['a', 'b', 'c'].map(name => newBridge({ name, macAddress, mtu: undefined })))
    socket.send(deleteLinks(['a', 'none', 'c'], 77))
    expect(listLinks(socket).map(({ name }) => name)).toEqual(['lo', 'b'])
    socket.send(deleteLinks(['a', 'c'], 77))
    expect(deleteLinks([], 77)).toEqual([])
  })
})

test('deleteLink() and findLink() take a name that is not there', () => {
  using sandbox = createNetworkSandbox()
  using socket = sandbox.onHost(() => openNetlink('route'))
  socket.send([deleteLink('none')])
  expect(findLink(socket, 'none')).toBeUndefined()
})
