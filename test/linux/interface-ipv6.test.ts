import { closeSync, openSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createBridge } from '../../src/engine/local/network/bridge.ts'
import { connectContainer } from '../../src/engine/local/network/connect-container.ts'
import type { NetworkRecord } from '../../src/engine/local/network/network-record.ts'
import { openNetlink } from '../../src/linux/netlink/netlink-socket.ts'
import { createNetns, withNetns } from '../../src/linux/netns.ts'
import { readNetworkSysctl } from '../../src/linux/network-sysctl.ts'
import { changeLink, findLink, newVeth } from '../../src/linux/rtnetlink/link.ts'
import { eventually } from '../support/eventually.ts'
import { aNetwork } from '../support/model-builders.ts'
import { createNetworkSandbox, type NetworkSandbox } from '../support/network-sandbox.ts'
import { ADVERTISED_PREFIX, advertiseRouter } from '../support/router-advertisement.ts'

const owner = { tag: 'abc123', project: 'shop' }
const SETTINGS = ['disable_ipv6', 'accept_ra', 'autoconf', 'accept_redirects']

test('setInterfaceIpv6() has been at every interface of a network, and at no loopback', () => {
  using sandbox = createNetworkSandbox()
  const record = makeBridge(sandbox)
  const hostInterface = connect(sandbox, record, 'web')
  sandbox.onHost(() => {
    expect(settingsOf(record.bridge)).toEqual(['1', '0', '0', '0'])
    // What comes to a port of a bridge is the bridge's.
    expect(settingsOf(hostInterface)[0]).toBe('1')
    expect(ipv6Addresses()).toEqual(['lo'])
  })
  withNetns(sandbox.container('web'), () => {
    expect(settingsOf('eth0')).toEqual(['1', '0', '0', '0'])
    expect(ipv6Addresses()).toEqual(['lo'])
  })
})

test('setInterfaceIpv6() leaves a container no way to configure the host or a neighbour by a router advertisement', async () => {
  using sandbox = createNetworkSandbox()
  const record = makeBridge(sandbox)
  connect(sandbox, record, 'web')
  connect(sandbox, record, 'neighbour')
  const listener = addListener(sandbox, record)
  // A port of a bridge forwards some time after its wire is up.
  await eventually(async () => {
    withNetns(sandbox.container('web'), () => advertiseRouter(indexOf('eth0')))
    expect(withNetns(listener, advertised)).toEqual(['eth0'])
  })
  expect(sandbox.onHost(advertised)).toEqual([])
  expect(withNetns(sandbox.container('neighbour'), advertised)).toEqual([])
  expect(withNetns(sandbox.container('neighbour'), ipv6Routes)).toEqual(['lo'])
  expect(sandbox.onHost(ipv6Routes)).not.toContain(record.bridge)
})

function makeBridge(sandbox: NetworkSandbox): NetworkRecord & { readonly bridge: string } {
  const record = sandbox.onHost(() => createBridge({ ...owner, network: aNetwork('front') }))
  return { ...record, bridge: record.bridge ?? '' }
}

/** Adds an interface that listens to routers, as any does by default: it shows that the advertisement came across. */
function addListener(sandbox: NetworkSandbox, record: NetworkRecord): string {
  const path = sandbox.container('listener')
  createNetns(path)
  const netns = openSync(path, 'r')
  try {
    sandbox.onHost(() => {
      using socket = openNetlink('route')
      const peer = { name: 'eth0', macAddress: '02:00:00:00:00:09', netns }
      socket.send([newVeth({ name: 'listener', mtu: undefined, peer })])
      socket.send([changeLink('listener', { master: indexOf(record.bridge ?? ''), up: true })])
    })
    withNetns(path, () => {
      using socket = openNetlink('route')
      socket.send([changeLink('eth0', { up: true })])
    })
  } finally {
    closeSync(netns)
  }
  return path
}

/** Returns the name of the host's end. */
function connect(sandbox: NetworkSandbox, record: NetworkRecord, container: string): string {
  const endpoint = {
    record,
    addresses: { ipv4: record.ipv4?.gateway.replace(/\d+$/, container === 'web' ? '10' : '20') ?? '' },
    macAddress: undefined,
    interfaceName: undefined,
    gatewayPriority: 0,
  }
  const request = { ...owner, container, netnsPath: sandbox.container(container), endpoints: [endpoint] }
  return sandbox.onHost(() => connectContainer(request))[0]?.hostInterface ?? ''
}

function settingsOf(name: string): readonly (string | undefined)[] {
  return SETTINGS.map(setting => readNetworkSysctl(`ipv6/conf/${name}/${setting}`))
}

function indexOf(name: string): number {
  using socket = openNetlink('route')
  return findLink(socket, name)?.index ?? -1
}

/** Returns the interfaces with an IPv6 address, once for each. */
function ipv6Addresses(): readonly string[] {
  return rowsOf('if_inet6').map(row => row.at(-1) ?? '')
}

/** Returns the interfaces with an address of the prefix that was advertised. */
function advertised(): readonly string[] {
  return rowsOf('if_inet6').flatMap(row => (row[0]?.startsWith(ADVERTISED_PREFIX) ? (row.at(-1) ?? '') : []))
}

/** Returns the interfaces that IPv6 routes lead to. */
function ipv6Routes(): readonly string[] {
  return [...new Set(rowsOf('ipv6_route').map(row => row.at(-1) ?? ''))]
}

function rowsOf(table: string): readonly (readonly string[])[] {
  return readFileSync(`/proc/thread-self/net/${table}`, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.trim().split(/\s+/))
}
