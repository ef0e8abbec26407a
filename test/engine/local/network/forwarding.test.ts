import { expect, onTestFinished, test } from 'vitest'
import { parseIpAddress } from '../../../../src/base/ip-address.ts'
import { createBridge } from '../../../../src/engine/local/network/bridge.ts'
import {
  enableForwarding,
  recordedForwarding,
  releaseForwarding,
} from '../../../../src/engine/local/network/forwarding.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { readNetworkSysctl, setNetworkSysctl } from '../../../../src/linux/network-sysctl.ts'
import { listTables } from '../../../../src/linux/nftables/ruleset.ts'
import { changeLink, deleteLink, findLink, newBridge } from '../../../../src/linux/rtnetlink/link.ts'
import { newDefaultRoute } from '../../../../src/linux/rtnetlink/route.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import { addOutside, createNetworkSandbox } from '../../../support/network-sandbox.ts'

const owner = { tag: 'abc123', project: 'shop' }
const neighbour = { tag: 'def456', project: 'blog' }
const FORWARDING = ['ipv4/ip_forward', 'ipv6/conf/all/forwarding'] as const

/** Runs `work` on a host that forwards nothing. */
function onQuietHost(work: () => void): void {
  const sandbox = createNetworkSandbox()
  onTestFinished(() => sandbox[Symbol.dispose]())
  addOutside(sandbox)
  sandbox.onHost(() => {
    for (const name of FORWARDING) setNetworkSysctl(name, '0')
    work()
  })
}

function settings(): readonly (string | undefined)[] {
  return FORWARDING.map(readNetworkSysctl)
}

function tables(): readonly string[] {
  using socket = openNetlink('netfilter')
  return listTables(socket).map(({ name }) => name)
}

function makeForeignBridge(name: string): void {
  using socket = openNetlink('route')
  socket.send([
    newBridge({ name, macAddress: '02:00:00:00:00:09', mtu: undefined }),
    changeLink(name, { up: true }),
  ])
}

test('releaseForwarding() turns off what enableForwarding() has turned on, and leaves no record', () => {
  onQuietHost(() => {
    enableForwarding('ipv4')
    expect(settings()).toEqual(['1', '0'])
    enableForwarding('ipv6')
    enableForwarding('ipv4')
    expect(settings()).toEqual(['1', '1'])
    using socket = openNetlink('netfilter')
    expect(recordedForwarding(socket)).toEqual(['ipv4', 'ipv6'])
    releaseForwarding(owner)
    expect(settings()).toEqual(['0', '0'])
    expect(tables()).toEqual([])
    releaseForwarding(owner)
    expect(settings()).toEqual(['0', '0'])
  })
})

test('releaseForwarding() leaves on what was on', () => {
  onQuietHost(() => {
    setNetworkSysctl('ipv4/ip_forward', '1')
    enableForwarding('ipv4')
    expect(tables()).toEqual([])
    releaseForwarding(owner)
    expect(settings()).toEqual(['1', '0'])
  })
})

test('releaseForwarding() waits for the last project of every engine', () => {
  onQuietHost(() => {
    createBridge({ ...owner, network: aNetwork('front') })
    createBridge({ ...neighbour, network: aNetwork('front') })
    expect(settings()).toEqual(['1', '0'])
    releaseForwarding(owner)
    expect(settings()).toEqual(['1', '0'])
    using socket = openNetlink('route')
    const { bridge = '' } = createBridge({ ...owner, network: aNetwork('front') })
    socket.send([deleteLink(bridge)])
    releaseForwarding(neighbour)
    expect(settings()).toEqual(['0', '0'])
  })
})

test('releaseForwarding() turns a family off with its last network, whatever the other one has', () => {
  onQuietHost(() => {
    createBridge({ ...owner, network: aNetwork('front') })
    const { bridge = '' } = createBridge({ ...neighbour, network: aNetwork('front', { ipv6: true }) })
    expect(settings()).toEqual(['1', '1'])
    releaseForwarding(owner)
    expect(settings()).toEqual(['1', '1'])
    using socket = openNetlink('route')
    socket.send([deleteLink(bridge)])
    releaseForwarding(neighbour)
    expect(settings()).toEqual(['1', '0'])
    using filter = openNetlink('netfilter')
    expect(recordedForwarding(filter)).toEqual(['ipv4'])
    createBridge({ ...neighbour, network: aNetwork('front', { ipv6: true }) })
    releaseForwarding(owner)
    expect(settings()).toEqual(['1', '1'])
  })
})

test('releaseForwarding() leaves it on for a bridge that another program has made since', () => {
  onQuietHost(() => {
    makeForeignBridge('before0')
    enableForwarding('ipv4')
    makeForeignBridge('docker0')
    releaseForwarding(owner)
    expect(settings()).toEqual(['1', '0'])
    using socket = openNetlink('route')
    socket.send([deleteLink('docker0')])
    releaseForwarding(owner)
    expect(settings()).toEqual(['0', '0'])
  })
})

test('releaseForwarding() forgets what was changed meanwhile', () => {
  onQuietHost(() => {
    enableForwarding('ipv4')
    enableForwarding('ipv6')
    setNetworkSysctl('ipv4/ip_forward', '0')
    releaseForwarding(owner)
    expect(settings()).toEqual(['0', '0'])
    expect(tables()).toEqual([])
  })
})

test('enableForwarding() has a host go on to take its default route from a router, and releaseForwarding() takes that back', () => {
  onQuietHost(() => {
    const acceptRa = () => readNetworkSysctl('ipv6/conf/wire/accept_ra')
    setNetworkSysctl('ipv6/conf/wire/accept_ra', '1')
    enableForwarding('ipv6')
    expect(acceptRa()).toBe('1')
    releaseForwarding(owner)
    using socket = openNetlink('route')
    socket.send([defaultRouteBy('wire')])
    enableForwarding('ipv6')
    expect(acceptRa()).toBe('2')
    releaseForwarding(owner)
    expect(acceptRa()).toBe('1')
  })
})

/** As a router would have advertised it. */
function defaultRouteBy(name: string) {
  using socket = openNetlink('route')
  const link = findLink(socket, name)
  const gateway = parseIpAddress('fe80::1')
  if (link === undefined || gateway === undefined) throw new Error(`Cannot find interface ${name}`)
  return newDefaultRoute(gateway, link.index)
}
