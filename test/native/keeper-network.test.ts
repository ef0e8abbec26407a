import { closeSync, readlinkSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { beforeAll, expect, test } from 'vitest'
import { formatIpAddress } from '../../src/base/ip-address.ts'
import { createBridge } from '../../src/engine/local/network/bridge.ts'
import {
  connectionSteps,
  dnsSocketsOf,
  networkLaunch,
} from '../../src/engine/local/network/connection-steps.ts'
import { planEndpoints } from '../../src/engine/local/network/endpoint.ts'
import { openNetlink } from '../../src/linux/netlink/netlink-socket.ts'
import { withNetns } from '../../src/linux/netns.ts'
import { readNetworkSysctl } from '../../src/linux/network-sysctl.ts'
import { listAddresses } from '../../src/linux/rtnetlink/address.ts'
import { findLink } from '../../src/linux/rtnetlink/link.ts'
import { parseContainerId } from '../../src/model/names.ts'
import { aNetwork } from '../support/model-builders.ts'
import { createNetworkSandbox, type NetworkSandbox } from '../support/network-sandbox.ts'
import { buildSanitizedKeeper, KeeperFixture, shell, steps } from './keeper-fixture.ts'

beforeAll(buildSanitizedKeeper)

const ID = parseContainerId('0123456789ab'.padEnd(64, '0'))
const CLONE_NEWNET = 0x40000000

/** The steps of a container on a network of the sandbox, which is the host of the launch. */
function connecting(fixture: KeeperFixture, sandbox: NetworkSandbox) {
  const owner = { tag: 'abc123', project: 'shop', container: ID.slice(0, 12) }
  const pool = { subnet: '10.8.1.0/24', ipRange: undefined, gateway: undefined, auxAddresses: new Map() }
  const network = aNetwork('front', { ipam: [pool] })
  const record = sandbox.onHost(() => createBridge({ ...owner, network }))
  const wanted = {
    ...{ record, addresses: { ipv4: '10.8.1.2' }, macAddress: undefined },
    ...{ interfaceName: undefined, gatewayPriority: 0 },
  }
  const endpoints = planEndpoints([wanted])
  const netns = fixture.path('netns')
  const request = { ...owner, netnsPath: netns, endpoints: [wanted] }
  const dns = dnsSocketsOf(ID)
  const host = steps({ op: 'join-namespace', path: sandbox.host, namespace: CLONE_NEWNET })
  const made = connectionSteps({ id: ID, request, endpoints, dns })
  return { netns, veth: endpoints[0]?.hostInterface ?? '', bridge: record.bridge ?? '', host, made }
}

function addressesIn(netns: string): readonly string[] {
  return withNetns(netns, () => {
    using socket = openNetlink('route')
    return listAddresses(socket).map(({ address }) => formatIpAddress(address))
  })
}

function masterOf(sandbox: NetworkSandbox, name: string): number | undefined {
  return sandbox.onHost(() => {
    using socket = openNetlink('route')
    return findLink(socket, name)?.master
  })
}

test('make-network connects a container, whose namespace and sockets the keeper holds', async () => {
  using sandbox = createNetworkSandbox()
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const { netns, veth, host, made } = connecting(fixture, sandbox)
  const program = [...host, ...made, ...shell('readlink /proc/self/ns/net')]
  await connection.launch(fixture.container('a', '', { program }))
  await connection.wait('a')
  const { pid } = await connection.hello()
  expect(readlinkSync(netns)).toMatch(new RegExp(`^/proc/${pid}/fd/\\d+$`))
  expect(fixture.lines('a')).toEqual([`stdout F net:[${statSync(netns).ino}]`])
  expect(addressesIn(netns)).toEqual(['127.0.0.1', '10.8.1.2', '::1'])
  expect(withNetns(netns, () => readNetworkSysctl('ipv6/conf/eth0/disable_ipv6'))).toBe('1')
  expect(sandbox.onHost(() => readNetworkSysctl(`ipv6/conf/${veth}/disable_ipv6`))).toBe('1')
  expect(masterOf(sandbox, veth)).toBeGreaterThan(0)
  const lent = await connection.lend('0123456789ab/')
  for (const { fd } of lent) closeSync(fd)
  expect(lent.map(({ name }) => name).sort()).toEqual([
    '0123456789ab/net/dns/tcp',
    '0123456789ab/net/dns/udp',
  ])
})

test('make-network joins the network of the first launch, and leaves it as it is', async () => {
  using sandbox = createNetworkSandbox()
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const { netns, host, made } = connecting(fixture, sandbox)
  await connection.launch(networkLaunch(ID, [...host, ...made]))
  const first = statSync(netns).ino
  const program = [...host, ...made, ...shell('readlink /proc/self/ns/net')]
  await connection.launch(fixture.container('a', '', { program }))
  await connection.wait('a')
  expect(fixture.lines('a')).toEqual([`stdout F net:[${first}]`])
  expect(await connection.release('0123456789ab/')).toBe(3)
})

test('a launch that fails leaves no network behind', async () => {
  using sandbox = createNetworkSandbox()
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const { host, made } = connecting(fixture, sandbox)
  const at = host.length + made.length
  const program = [...host, ...made, ...steps({ op: 'chdir', path: '/missing' }), ...shell('true')]
  const failed = { index: at, errno: constants.errno.ENOENT }
  await expect(connection.launch(fixture.container('a', '', { program }))).rejects.toMatchObject(failed)
  expect(await connection.held('')).toEqual([])
})

test('netlink says which interface it does not find', async () => {
  using sandbox = createNetworkSandbox()
  await using fixture = await KeeperFixture.start()
  const { host, made, bridge } = connecting(fixture, sandbox)
  const attach = made.findIndex(({ op }) => op.op === 'netlink' && op.interfaces.includes(bridge))
  const changed = made.map(each =>
    each === made[attach] && each.op.op === 'netlink'
      ? { ...each, op: { ...each.op, interfaces: ['missing'] } }
      : each,
  )
  const program = [...host, ...changed, ...shell('true')]
  await expect(fixture.connection.launch(fixture.container('a', '', { program }))).rejects.toMatchObject({
    ...{ index: host.length + attach, errnoName: 'ENODEV', what: 'find interface missing' },
  })
})

test('netlink says which step the kernel refuses', async () => {
  using sandbox = createNetworkSandbox()
  await using fixture = await KeeperFixture.start()
  const { host, made } = connecting(fixture, sandbox)
  const pair = made.findIndex(({ op }) => op.op === 'netlink')
  const twice = [...made.slice(0, pair + 1), ...made.slice(pair)]
  const program = [...host, ...twice, ...shell('true')]
  await expect(fixture.connection.launch(fixture.container('a', '', { program }))).rejects.toMatchObject({
    ...{ index: host.length + pair + 1, errnoName: 'EEXIST', what: 'netlink' },
  })
})

test('launch() refuses steps of a network where none is made, and a second network', async () => {
  using sandbox = createNetworkSandbox()
  await using fixture = await KeeperFixture.start()
  const { made } = connecting(fixture, sandbox)
  for (const wrong of [made.slice(1), [...made, ...made.slice(0, 1)]]) {
    const program = [...wrong, ...shell('true')]
    await expect(fixture.connection.launch(fixture.container('a', '', { program }))).rejects.toMatchObject({
      errnoName: 'EINVAL',
      what: 'read program network',
    })
  }
})
