import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBridge } from '../../../../src/engine/local/network/bridge.ts'
import { connectContainer } from '../../../../src/engine/local/network/connect-container.ts'
import { applyFirewall, removeFirewall } from '../../../../src/engine/local/network/firewall.ts'
import type { ForwardedPort } from '../../../../src/engine/local/network/firewall-rules.ts'
import type { NetworkRecord } from '../../../../src/engine/local/network/network-record.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { withNetns } from '../../../../src/linux/netns.ts'
import { setNetworkSysctl } from '../../../../src/linux/network-sysctl.ts'
import { listTables } from '../../../../src/linux/nftables/ruleset.ts'
import type { Network } from '../../../../src/model/network.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import {
  addOutside,
  createNetworkSandbox,
  HOST_ADDRESS,
  type NetworkSandbox,
  OUTSIDE_ADDRESS,
} from '../../../support/network-sandbox.ts'
import { findProgram, MAY_DOWNLOAD } from '../../../support/parts/find-program.ts'
import { type Question, startAgent, type TrafficAgent } from '../../../support/traffic.ts'

const owner = { tag: 'abc123', project: 'shop' }
const other = { tag: 'abc123', project: 'other' }
const SOON = 400

interface Site {
  readonly sandbox: NetworkSandbox
  readonly records: Readonly<Record<'front' | 'back' | 'closed' | 'foreign', NetworkRecord>>
  readonly agents: Readonly<Record<AgentName, TrafficAgent>>
}

type AgentName = 'host' | 'outside' | 'web' | 'peer' | 'db' | 'vault' | 'stranger'

let site: Site
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  site = await buildSite()
})

afterAll(() => stack.disposeAsync())

describe('applyFirewall() with published ports', () => {
  const reached: ReadonlyArray<{
    readonly from: AgentName
    readonly to: Omit<Question, 'protocol'>
    readonly saw: string
  }> = [
    { from: 'host', to: { address: '127.0.0.1', port: 8080 }, saw: 'web saw 10.8.1.1' },
    { from: 'host', to: { address: HOST_ADDRESS, port: 8080 }, saw: `web saw ${HOST_ADDRESS}` },
    { from: 'outside', to: { address: HOST_ADDRESS, port: 8080 }, saw: `web saw ${OUTSIDE_ADDRESS}` },
    { from: 'host', to: { address: '127.0.0.1', port: 8081 }, saw: 'web saw 10.8.1.1' },
    { from: 'outside', to: { address: HOST_ADDRESS, port: 8082 }, saw: `web saw ${OUTSIDE_ADDRESS}` },
    { from: 'web', to: { address: HOST_ADDRESS, port: 8080 }, saw: 'web saw 10.8.1.1' },
    { from: 'peer', to: { address: '10.8.1.1', port: 8080 }, saw: 'web saw 10.8.1.1' },
    { from: 'db', to: { address: HOST_ADDRESS, port: 8080 }, saw: 'web saw 10.8.1.1' },
    { from: 'stranger', to: { address: HOST_ADDRESS, port: 8080 }, saw: 'web saw 10.8.1.1' },
  ]
  for (const { from, to, saw } of reached) {
    for (const protocol of ['tcp', 'udp'] as const) {
      test(`lets ${from} reach ${to.address}:${to.port}/${protocol}`, async () => {
        expect(await site.agents[from].ask({ protocol, ...to })).toBe(saw)
      })
    }
  }

  test('leaves other addresses of the host alone where one is named', async () => {
    const { host, outside } = site.agents
    expect(await outside.ask({ protocol: 'tcp', address: HOST_ADDRESS, port: 8081 })).toBe('ECONNREFUSED')
    expect(await host.ask({ protocol: 'tcp', address: '127.0.0.1', port: 8082 })).toBe('ECONNREFUSED')
  })
})

describe('applyFirewall() between networks', () => {
  const direct: ReadonlyArray<{
    readonly from: AgentName
    readonly address: string
    readonly answer: string
  }> = [
    { from: 'peer', address: '10.8.1.2', answer: 'web saw 10.8.1.3' },
    { from: 'host', address: '10.8.1.2', answer: 'web saw 10.8.1.1' },
    { from: 'host', address: '10.8.3.2', answer: 'vault saw 10.8.3.1' },
    { from: 'db', address: '10.8.1.2', answer: 'timeout' },
    { from: 'web', address: '10.8.2.2', answer: 'timeout' },
    { from: 'stranger', address: '10.8.1.2', answer: 'timeout' },
    { from: 'web', address: '10.8.4.2', answer: 'timeout' },
    { from: 'web', address: '10.8.3.2', answer: 'timeout' },
    { from: 'vault', address: '10.8.1.2', answer: 'ENETUNREACH' },
  ]
  for (const { from, address, answer } of direct) {
    test(`${answer.includes('saw') ? 'lets' : 'keeps'} ${from} ${answer.includes('saw') ? 'reach' : 'from'} ${address}`, async () => {
      const question = { protocol: 'tcp', address, port: 80 } as const
      const timeoutMs = answer === 'timeout' ? SOON : 5000
      expect(await site.agents[from].ask({ ...question, timeoutMs })).toBe(answer)
    })
  }

  test('keeps an internal network in, even where a container has a route', MAY_DOWNLOAD, async ({ skip }) => {
    const ip = await ipCommand(skip)
    ip(site.sandbox.container('vault'), 'route add default via 10.8.3.1')
    const { vault } = site.agents
    const question = { protocol: 'tcp', port: 80, timeoutMs: SOON } as const
    expect(await vault.ask({ ...question, address: OUTSIDE_ADDRESS })).toBe('timeout')
    expect(await vault.ask({ ...question, address: '10.8.1.2' })).toBe('timeout')
  })
})

describe('applyFirewall() towards the outside', () => {
  for (const protocol of ['tcp', 'udp'] as const) {
    test(`gives containers the host's address on ${protocol}`, async () => {
      const question = { protocol, address: OUTSIDE_ADDRESS, port: 80 }
      expect(await site.agents.web.ask(question)).toBe(`outside saw ${HOST_ADDRESS}`)
    })
  }

  test('drops what comes by a wire for 127.0.0.0/8 or for a container', MAY_DOWNLOAD, async ({ skip }) => {
    const ip = await ipCommand(skip)
    const { sandbox, agents } = site
    const [outside, web] = [sandbox.container('outside'), sandbox.container('web')]
    ip(outside, `route add 10.8.1.0/24 via ${HOST_ADDRESS}`)
    ip(web, 'route add 127.0.0.2/32 via 10.8.1.1')
    ip(web, 'route del local 127.0.0.0/8 table local')
    withNetns(web, () => setNetworkSysctl('ipv4/conf/all/route_localnet', '1'))
    const question = { protocol: 'tcp', timeoutMs: SOON } as const
    expect(await agents.outside.ask({ ...question, address: '10.8.1.2', port: 80 })).toBe('timeout')
    expect(await agents.web.ask({ ...question, address: '127.0.0.2', port: 22 })).toBe('timeout')
    expect(await agents.host.ask({ ...question, address: '127.0.0.2', port: 22 })).toBe('host saw 127.0.0.1')
  })
})

describe('applyFirewall() as a state', () => {
  test('replaces what the project had, and removeFirewall() leaves nothing and may be repeated', () => {
    using sandbox = createNetworkSandbox()
    sandbox.onHost(() => {
      using socket = openNetlink('netfilter')
      const record = aRecord(aNetwork('front'))
      applyFirewall({ ...owner, networks: [record], ports: [aPort('10.8.1.2', { hostPort: 1 })] }, socket)
      applyFirewall({ ...owner, networks: [record], ports: [] }, socket)
      expect(listTables(socket)).toEqual([{ family: 'inet', name: 'tcompose_abc123_shop' }])
      removeFirewall(owner)
      removeFirewall(owner)
      expect(listTables(socket)).toEqual([])
    })
  })

  test('is text that nft prints', MAY_DOWNLOAD, async ({ skip }) => {
    const nft = await findProgram('nft')
    if (nft.kind === 'missing') return skip(nft.reason)
    const [program, ...args] = nft.command
    using sandbox = createNetworkSandbox()
    const text = sandbox.onHost(() => {
      const ports = [
        aPort('10.8.1.2', { hostPort: 8080 }),
        aPort('10.8.1.2', { hostIp: '127.0.0.1', hostPort: 53, protocol: 'udp' }),
      ]
      applyFirewall({
        ...owner,
        networks: [aRecord(aNetwork('front')), aRecord(aNetwork('closed', { internal: true }))],
        ports,
      })
      return execFileSync(program, [...args, 'list', 'ruleset'], { encoding: 'utf8' })
    })
    // How nft writes a priority differs between its versions, how it writes rules does not.
    expect(
      text
        .split('\n')
        .filter(line => /^\t\t(?!type )/.test(line))
        .map(line => line.trim()),
    ).toEqual([
      'iifname != "lo" ip daddr 127.0.0.0/8 drop',
      'iifname != "lo" ip saddr 127.0.0.0/8 drop',
      'iifname != "lo" ip6 daddr ::1 drop',
      'iifname != "lo" ip6 saddr ::1 drop',
      'meta nfproto ipv4 fib daddr type local tcp dport 8080 dnat ip to 10.8.1.2:80',
      'meta nfproto ipv4 fib daddr type local tcp dport 8080 dnat ip to 10.8.1.2:80',
      'ip daddr 127.0.0.1 udp dport 53 dnat ip to 10.8.1.2:80',
      'iifname "tcbclosed" oifname != "tcbclosed" drop',
      'oifname "tcbclosed" iifname != "tcbclosed" drop',
      'oifname "tcbfront" iifname "tcbfront" accept',
      'oifname "tcbfront" ct state established,related accept',
      'oifname "tcbfront" ct status dnat accept',
      'oifname "tcbfront" drop',
      'ip saddr 10.8.1.0/24 oifname != "tcbfront" masquerade',
      'oifname "tcbfront" ip saddr 127.0.0.0/8 masquerade',
      'oifname "tcbfront" ip saddr 10.8.1.0/24 ct status dnat masquerade',
      'oifname "tcbclosed" ip saddr 127.0.0.0/8 masquerade',
      'oifname "tcbclosed" ip saddr 10.8.1.0/24 ct status dnat masquerade',
    ])
  })
})

async function buildSite(): Promise<Site> {
  const sandbox = stack.use(createNetworkSandbox())
  addOutside(sandbox)
  const records = sandbox.onHost(() => ({
    front: createBridge({ ...owner, network: fixed('front', '10.8.1.0/24') }),
    back: createBridge({ ...owner, network: fixed('back', '10.8.2.0/24') }),
    closed: createBridge({
      ...owner,
      network: { ...fixed('closed', '10.8.3.0/24'), internal: true },
    }),
    foreign: createBridge({ ...other, network: fixed('default', '10.8.4.0/24') }),
  }))
  connect(sandbox, 'web', { record: records.front, ipv4: '10.8.1.2' })
  connect(sandbox, 'peer', { record: records.front, ipv4: '10.8.1.3' })
  connect(sandbox, 'db', { record: records.back, ipv4: '10.8.2.2' })
  connect(sandbox, 'vault', { record: records.closed, ipv4: '10.8.3.2' })
  connect(sandbox, 'stranger', { record: records.foreign, ipv4: '10.8.4.2' })
  sandbox.onHost(() => {
    applyFirewall({
      ...owner,
      networks: [records.front, records.back, records.closed],
      ports: (['tcp', 'udp'] as const).flatMap(protocol => [
        aPort('10.8.1.2', { hostPort: 8080, protocol }),
        aPort('10.8.1.2', { hostIp: '127.0.0.1', hostPort: 8081, protocol }),
        aPort('10.8.1.2', { hostIp: HOST_ADDRESS, hostPort: 8082, protocol }),
      ]),
    })
    applyFirewall({ ...other, networks: [records.foreign], ports: [] })
  })
  return { sandbox, records, agents: await startAgents(sandbox) }
}

async function startAgents(sandbox: NetworkSandbox): Promise<Site['agents']> {
  const start = async (name: AgentName, netns = sandbox.container(name)): Promise<TrafficAgent> => {
    const agent = stack.use(await startAgent(netns, name))
    await agent.listen('0.0.0.0', name === 'host' ? 22 : 80)
    return agent
  }
  const [host, outside, web, peer, db, vault, stranger] = await Promise.all([
    start('host', sandbox.host),
    start('outside'),
    start('web'),
    start('peer'),
    start('db'),
    start('vault'),
    start('stranger'),
  ])
  return { host, outside, web, peer, db, vault, stranger }
}

function connect(
  sandbox: NetworkSandbox,
  name: AgentName,
  place: { readonly record: NetworkRecord; readonly ipv4: string },
): void {
  const netnsPath = sandbox.container(name)
  const endpoint = {
    record: place.record,
    addresses: { ipv4: place.ipv4 },
    macAddress: undefined,
    interfaceName: undefined,
    gatewayPriority: 0,
  }
  sandbox.onHost(() => connectContainer({ ...owner, container: name, netnsPath, endpoints: [endpoint] }))
}

function fixed(key: string, subnet: string): Network {
  return aNetwork(key, {
    ipam: [{ subnet, ipRange: undefined, gateway: undefined, auxAddresses: new Map() }],
  })
}

function aRecord(network: Network): NetworkRecord {
  return { network, bridge: `tcb${network.key}`, ipv4: { subnet: '10.8.1.0/24', gateway: '10.8.1.1' } }
}

function aPort(containerAddress: string, changes: Partial<ForwardedPort> = {}): ForwardedPort {
  return { hostIp: '0.0.0.0', hostPort: 8080, target: 80, protocol: 'tcp', containerAddress, ...changes }
}

/** Returns what makes a namespace send what a program in it with enough rights could make it send. */
async function ipCommand(skip: (reason: string) => never): Promise<(netns: string, words: string) => void> {
  const ip = await findProgram('ip')
  if (ip.kind === 'missing') return skip(ip.reason)
  const [program, ...args] = ip.command
  return (netns, words) => withNetns(netns, () => execFileSync(program, [...args, ...words.split(' ')]))
}
