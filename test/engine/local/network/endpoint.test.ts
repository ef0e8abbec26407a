import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createBridge } from '../../../../src/engine/local/network/bridge.ts'
import {
  type ConnectedEndpoint,
  connectContainer,
  disconnectContainers,
  type EndpointRequest,
} from '../../../../src/engine/local/network/endpoint.ts'
import type { NetworkRecord } from '../../../../src/engine/local/network/network-record.ts'
import { formatIpv4, formatIpv4Block } from '../../../../src/linux/ipv4.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { withNetns } from '../../../../src/linux/netns.ts'
import { readNetworkSysctl } from '../../../../src/linux/network-sysctl.ts'
import { listAddresses } from '../../../../src/linux/rtnetlink/address.ts'
import { findLink, listLinks } from '../../../../src/linux/rtnetlink/link.ts'
import { listRoutes } from '../../../../src/linux/rtnetlink/route.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import { createNetworkSandbox, type NetworkSandbox } from '../../../support/network-sandbox.ts'

const owner = { tag: 'abc123', project: 'shop', container: '0123456789ab' }

test('connectContainer() gives loopback, addresses, MAC addresses and one default route', () => {
  using sandbox = createNetworkSandbox()
  const endpoints = connect(sandbox, 'web', [
    { record: makeBridge(sandbox, 'front', '10.8.1.0/24') },
    {
      record: makeBridge(sandbox, 'back', '10.8.2.0/24'),
      gatewayPriority: 1,
      interfaceName: 'inner',
      macAddress: '02-42-AA-bb-CC-dd',
    },
  ])
  expect(endpoints).toEqual([
    {
      network: 'front',
      networkName: 'shop_front',
      ipv4Address: '10.8.1.2',
      prefixLength: 24,
      gateway: undefined,
      macAddress: '02:42:0a:08:01:02',
      interfaceName: 'eth0',
      hostInterface: expect.stringMatching(/^tcv[0-9a-f]{10}$/),
    },
    expect.objectContaining({
      network: 'back',
      gateway: '10.8.2.1',
      ipv4Address: '10.8.2.2',
      macAddress: '02:42:aa:bb:cc:dd',
      interfaceName: 'inner',
    }),
  ])
  expect(inspect(sandbox.container('web'))).toEqual({
    links: ['lo', 'eth0 02:42:0a:08:01:02', 'inner 02:42:aa:bb:cc:dd'],
    addresses: ['127.0.0.1', '10.8.1.2', '10.8.2.2'],
    routes: ['0.0.0.0/0 inner', '10.8.1.0/24 eth0', '10.8.2.0/24 inner'],
    settings: ['0', '0 2147483647'],
  })
})

test('connectContainer() makes the host ends ports of their bridges that name their owner', () => {
  using sandbox = createNetworkSandbox()
  const record = makeBridge(sandbox, 'front', '10.8.1.0/24')
  const [endpoint] = connect(sandbox, 'web', [{ record }])
  using socket = sandbox.onHost(() => openNetlink('route'))
  expect(findLink(socket, endpoint?.hostInterface ?? '')).toMatchObject({
    alias: 'tcompose:abc123:shop:0123456789ab',
    master: findLink(socket, record.bridge)?.index,
    up: true,
  })
})

test('connectContainer() gives no default route into an internal network', () => {
  using sandbox = createNetworkSandbox()
  const record = makeBridge(sandbox, 'closed', '10.8.1.0/24')
  const closed = { ...record, network: { ...record.network, internal: true } }
  expect(connect(sandbox, 'web', [{ record: closed, gatewayPriority: 9 }])[0]?.gateway).toBeUndefined()
  expect(inspect(sandbox.container('web')).routes).toEqual(['10.8.1.0/24 eth0'])
  connect(sandbox, 'web', [
    { record: closed, gatewayPriority: 9 },
    { record: makeBridge(sandbox, 'front', '10.8.2.0/24') },
  ])
  expect(inspect(sandbox.container('web')).routes).toContain('0.0.0.0/0 eth1')
})

test('connectContainer() without endpoints has loopback only', () => {
  using sandbox = createNetworkSandbox()
  expect(connect(sandbox, 'web', [])).toEqual([])
  expect(inspect(sandbox.container('web'))).toMatchObject({ links: ['lo'], routes: [] })
})

test('connectContainer() leaves nothing when it fails', () => {
  using sandbox = createNetworkSandbox()
  const record = makeBridge(sandbox, 'front', '10.8.1.0/24')
  const gone = { ...record, bridge: 'tcbgone' }
  expect(() => connect(sandbox, 'web', [{ record: gone }])).toThrow('find interface tcbgone: ENODEV')
  expect(() => connect(sandbox, 'web', [{ record }, { record, interfaceName: 'eth0' }])).toThrow('EEXIST')
  expect(existsSync(sandbox.container('web'))).toBe(false)
  expect(hostLinks(sandbox)).toEqual(['lo', record.bridge])
})

test('disconnectContainers() removes namespaces and interfaces at once, and may be repeated', () => {
  using sandbox = createNetworkSandbox()
  const record = makeBridge(sandbox, 'front', '10.8.1.0/24')
  const names = ['a', 'b', 'c']
  const connections = names.map(name => ({
    netnsPath: sandbox.container(name),
    endpoints: connect(sandbox, name, [{ record }]),
  }))
  sandbox.onHost(() => disconnectContainers(connections.slice(0, 2)))
  expect(hostLinks(sandbox)).toEqual(['lo', record.bridge, connections[2]?.endpoints[0]?.hostInterface])
  sandbox.onHost(() => disconnectContainers(connections))
  sandbox.onHost(() => disconnectContainers([]))
  expect(hostLinks(sandbox)).toEqual(['lo', record.bridge])
  expect(connections.some(({ netnsPath }) => existsSync(netnsPath))).toBe(false)
})

function makeBridge(sandbox: NetworkSandbox, key: string, subnet: string): NetworkRecord {
  const ipam = [{ subnet, ipRange: undefined, gateway: undefined, auxAddresses: new Map() }]
  return sandbox.onHost(() => createBridge({ ...owner, network: aNetwork(key, { ipam }), hint: undefined }))
}

function connect(
  sandbox: NetworkSandbox,
  name: string,
  endpoints: ReadonlyArray<Partial<EndpointRequest> & Pick<EndpointRequest, 'record'>>,
): readonly ConnectedEndpoint[] {
  const requests = endpoints.map(endpoint => ({
    ipv4Address: endpoint.record.subnet.replace(/\.0\/24$/, '.2'),
    macAddress: undefined,
    interfaceName: undefined,
    gatewayPriority: 0,
    ...endpoint,
  }))
  const netnsPath = sandbox.container(name)
  return sandbox.onHost(() => connectContainer({ ...owner, netnsPath, endpoints: requests }))
}

function inspect(
  netns: string,
): Readonly<Record<'links' | 'addresses' | 'routes' | 'settings', readonly (string | undefined)[]>> {
  return withNetns(netns, () => {
    using socket = openNetlink('route')
    const links = listLinks(socket).filter(({ up }) => up)
    const nameOf = (index: number | undefined) => links.find(link => link.index === index)?.name
    return {
      links: links.map(({ name, macAddress }) => (name === 'lo' ? name : `${name} ${macAddress}`)),
      addresses: listAddresses(socket).map(({ address }) => formatIpv4(address)),
      routes: listRoutes(socket).map(
        route => `${formatIpv4Block(route.destination)} ${nameOf(route.interfaceIndex)}`,
      ),
      settings: ['ipv4/ip_unprivileged_port_start', 'ipv4/ping_group_range'].map(readNetworkSysctl),
    }
  })
}

function hostLinks(sandbox: NetworkSandbox): readonly string[] {
  using socket = sandbox.onHost(() => openNetlink('route'))
  return listLinks(socket).map(({ name }) => name)
}
