import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { formatIpAddress } from '../../../../src/base/ip-address.ts'
import { formatIpBlock } from '../../../../src/base/ip-block.ts'
import { createBridge } from '../../../../src/engine/local/network/bridge.ts'
import {
  addEndpoints,
  connectContainer,
  deleteInside,
  disconnectContainers,
  interfacesInside,
} from '../../../../src/engine/local/network/connect-container.ts'
import {
  type ConnectedEndpoint,
  type EndpointRequest,
  planEndpoints,
} from '../../../../src/engine/local/network/endpoint.ts'
import type { NetworkRecord } from '../../../../src/engine/local/network/network-record.ts'
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
    addresses: ['127.0.0.1', '10.8.1.2', '10.8.2.2', '::1'],
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
    master: findLink(socket, record.bridge ?? '')?.index,
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

test('connectContainer() gives IPv6 addresses that are usable at once, and a default route of each family', () => {
  using sandbox = createNetworkSandbox()
  const [single, both] = [
    makeBridge(sandbox, 'back', '10.8.1.0/24'),
    makeBridge(sandbox, 'front', { ipv4: '10.8.2.0/24', ipv6: 'fd00:8:2::/64' }),
  ]
  const endpoints = connect(sandbox, 'web', [
    { record: single },
    { record: both, linkLocalAddresses: ['169.254.7.7', 'fe80::77'] },
  ])
  // Both have one priority, and the first by name has no IPv6: the ways stay together.
  expect(endpoints.map(({ gateway, ipv6 }) => [gateway, ipv6])).toEqual([
    [undefined, undefined],
    ['10.8.2.1', { address: 'fd00:8:2::2', prefixLength: 64, gateway: 'fd00:8:2::1' }],
  ])
  const { addresses, routes } = inspect(sandbox.container('web'))
  expect(addresses.filter(address => !address?.startsWith('fe80::42'))).toEqual([
    ...['127.0.0.1', '10.8.1.2', '10.8.2.2', '169.254.7.7'],
    ...['::1', 'fd00:8:2::2', 'fe80::77'],
  ])
  expect(routes).toEqual(expect.arrayContaining(['0.0.0.0/0 eth1', '::/0 eth1', 'fd00:8:2::/64 eth1']))
  withNetns(sandbox.container('web'), () => {
    expect(['eth0', 'eth1'].map(name => readNetworkSysctl(`ipv6/conf/${name}/disable_ipv6`))).toEqual([
      '1',
      '0',
    ])
  })
  expect(tentative(sandbox.container('web'))).toEqual([])
})

test('connectContainer() lets each family go out by the network of the highest priority that has it', () => {
  using sandbox = createNetworkSandbox()
  const endpoints = connect(sandbox, 'web', [
    { record: makeBridge(sandbox, 'a', '10.8.1.0/24'), gatewayPriority: 5 },
    { record: makeBridge(sandbox, 'b', { ipv4: '10.8.2.0/24', ipv6: 'fd00:8:2::/64' }), gatewayPriority: 1 },
    { record: makeBridge(sandbox, 'c', { ipv6: 'fd00:8:3::/64' }), gatewayPriority: 2 },
  ])
  expect(endpoints.map(({ ipv4Address, gateway, ipv6 }) => [ipv4Address, gateway, ipv6?.gateway])).toEqual([
    ['10.8.1.2', '10.8.1.1', undefined],
    ['10.8.2.2', undefined, undefined],
    [undefined, undefined, 'fd00:8:3::1'],
  ])
})

test('connectContainer() counts the interfaces of each prefix past the names that are given', () => {
  using sandbox = createNetworkSandbox()
  const [a, b, c] = ['1', '2', '3'].map(digit => makeBridge(sandbox, `n${digit}`, `10.8.${digit}.0/24`))
  if (a === undefined || b === undefined || c === undefined) throw new Error('three networks')
  const prefixed = { ...b, network: { ...b.network, options: { interfacePrefix: 'lan' } } }
  const sysctls = new Map([['ipv4.conf.IFNAME.log_martians', '1']])
  const endpoints = connect(sandbox, 'web', [
    { record: a, interfaceName: 'eth0' },
    { record: prefixed, sysctls },
    { record: c },
  ])
  expect(endpoints.map(({ interfaceName }) => interfaceName)).toEqual(['eth0', 'lan0', 'eth1'])
  withNetns(sandbox.container('web'), () => {
    expect(readNetworkSysctl('ipv4/conf/lan0/log_martians')).toBe('1')
    expect(readNetworkSysctl('ipv4/conf/eth1/log_martians')).toBe('0')
  })
})

test('connectContainer() hangs an interface of macvlan on its parent, and leaves nothing on the host', () => {
  using sandbox = createNetworkSandbox()
  const uplink = makeBridge(sandbox, 'uplink', '10.8.9.0/24').bridge ?? ''
  const network = aNetwork('lan', { driver: 'macvlan', options: { parent: uplink } })
  const record = { network, bridge: undefined, ipv4: { subnet: '10.8.1.0/24', gateway: '10.8.1.1' } }
  const [endpoint] = connect(sandbox, 'web', [{ record }])
  expect(endpoint).toMatchObject({ hostInterface: '', gateway: '10.8.1.1' })
  expect(inspect(sandbox.container('web'))).toMatchObject({
    links: ['lo', 'eth0 02:42:0a:08:01:02'],
    routes: ['0.0.0.0/0 eth0', '10.8.1.0/24 eth0'],
  })
  expect(hostLinks(sandbox)).toEqual(['lo', uplink])
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
  expect(() =>
    connect(sandbox, 'web', [
      { record, interfaceName: 'eth0' },
      { record, interfaceName: 'eth0' },
    ]),
  ).toThrow('EEXIST')
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

test('addEndpoints() adds what a namespace lacks, leaves the rest as it is, and has the default routes follow', () => {
  using sandbox = createNetworkSandbox()
  const back = { record: makeBridge(sandbox, 'back', '10.8.1.0/24') }
  const before = connect(sandbox, 'web', [back])
  const netnsPath = sandbox.container('web')
  const front = { record: makeBridge(sandbox, 'front', { ipv4: '10.8.2.0/24', ipv6: 'fd00:8:2::/64' }) }
  const names = interfacesInside(netnsPath)
  expect([...names]).toEqual(['lo', 'eth0'])
  const change = (
    requests: readonly ReturnType<typeof requestOf>[],
    present: readonly ConnectedEndpoint[],
  ) => {
    const kept = new Map(present.map(endpoint => [endpoint.network, endpoint]))
    const endpoints = planEndpoints(requests, { kept, names: interfacesInside(netnsPath) })
    sandbox.onHost(() =>
      addEndpoints({ ...owner, netnsPath, endpoints: requests }, { before: present, endpoints }),
    )
    return endpoints
  }
  // One that comes first in the order of interfaces does not take the name of another.
  const both = change([requestOf(front), requestOf(back)], before)
  expect(both.map(({ interfaceName }) => interfaceName)).toEqual(['eth1', 'eth0'])
  expect(both[1]).toMatchObject({ hostInterface: before[0]?.hostInterface, gateway: undefined })
  expect(inspect(netnsPath).routes).toEqual(
    expect.arrayContaining(['0.0.0.0/0 eth1', '::/0 eth1', '10.8.1.0/24 eth0']),
  )
  const preferred = change([requestOf(front), requestOf({ ...back, gatewayPriority: 1 })], both)
  expect(inspect(netnsPath).routes.filter(route => route?.includes('/0 '))).toEqual([
    '0.0.0.0/0 eth0',
    '::/0 eth1',
  ])
  // Twice the same changes nothing.
  change([requestOf(front), requestOf({ ...back, gatewayPriority: 1 })], preferred)
  const closed = (each: typeof back) => ({
    record: { ...each.record, network: { ...each.record.network, internal: true } },
  })
  change([requestOf(closed(front)), requestOf(closed(back))], preferred)
  expect(inspect(netnsPath).routes.filter(route => route?.includes('/0 '))).toEqual([])
  deleteInside(netnsPath, ['eth1', 'eth7'])
  expect([...interfacesInside(netnsPath)]).toEqual(['lo', 'eth0'])
})

function makeBridge(
  sandbox: NetworkSandbox,
  key: string,
  subnets: string | { readonly ipv4?: string; readonly ipv6: string },
): NetworkRecord {
  const { ipv4, ipv6 } = typeof subnets === 'string' ? { ipv4: subnets, ipv6: undefined } : subnets
  const ipam = [ipv4, ipv6].flatMap(subnet =>
    subnet === undefined
      ? []
      : [{ subnet, ipRange: undefined, gateway: undefined, auxAddresses: new Map<string, string>() }],
  )
  const network = aNetwork(key, {
    ipam,
    ...(ipv4 === undefined && { ipv4: false }),
    ...(ipv6 && { ipv6: true }),
  })
  return sandbox.onHost(() => createBridge({ ...owner, network }))
}

/** Returns the IPv6 addresses of a namespace that nobody may use yet. */
function tentative(netns: string): readonly string[] {
  const rows = withNetns(netns, () =>
    readFileSync('/proc/thread-self/net/if_inet6', 'utf8').trim().split('\n'),
  )
  return rows.filter(row => (Number.parseInt(row.split(/\s+/)[4] ?? '', 16) & 0x40) !== 0)
}

function connect(
  sandbox: NetworkSandbox,
  name: string,
  endpoints: ReadonlyArray<Partial<EndpointRequest> & Pick<EndpointRequest, 'record'>>,
): readonly ConnectedEndpoint[] {
  const requests = endpoints.map(requestOf)
  const netnsPath = sandbox.container(name)
  return sandbox.onHost(() => connectContainer({ ...owner, netnsPath, endpoints: requests }))
}

function requestOf(endpoint: Partial<EndpointRequest> & Pick<EndpointRequest, 'record'>): EndpointRequest {
  return {
    addresses: addressesOn(endpoint.record),
    macAddress: undefined,
    interfaceName: undefined,
    gatewayPriority: 0,
    ...endpoint,
  }
}

/** The second address of each subnet. */
function addressesOn({ ipv4, ipv6 }: NetworkRecord): EndpointRequest['addresses'] {
  return {
    ...(ipv4 && { ipv4: ipv4.subnet.replace(/\.0\/24$/, '.2') }),
    ...(ipv6 && { ipv6: ipv6.subnet.replace(/\/64$/, '2') }),
  }
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
      addresses: listAddresses(socket).map(({ address }) => formatIpAddress(address)),
      routes: listRoutes(socket).map(
        route => `${formatIpBlock(route.destination)} ${nameOf(route.interfaceIndex)}`,
      ),
      settings: ['ipv4/ip_unprivileged_port_start', 'ipv4/ping_group_range'].map(readNetworkSysctl),
    }
  })
}

function hostLinks(sandbox: NetworkSandbox): readonly string[] {
  using socket = sandbox.onHost(() => openNetlink('route'))
  return listLinks(socket).map(({ name }) => name)
}
