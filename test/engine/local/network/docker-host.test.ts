import { expect, onTestFinished, test } from 'vitest'
import { createBridge } from '../../../../src/engine/local/network/bridge.ts'
import { bridgesOf } from '../../../../src/engine/local/network/bridges-of.ts'
import {
  admitBridges,
  detectForwardFilter,
  listAdmitted,
  withdrawBridges,
} from '../../../../src/engine/local/network/docker-host.ts'
import { connectContainer } from '../../../../src/engine/local/network/endpoint.ts'
import { applyFirewall } from '../../../../src/engine/local/network/firewall.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { verdict } from '../../../../src/linux/nftables/expression.ts'
import {
  appendRule,
  commit,
  listRules,
  newBaseChain,
  newTable,
} from '../../../../src/linux/nftables/ruleset.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import {
  addOutside,
  createNetworkSandbox,
  HOST_ADDRESS,
  OUTSIDE_ADDRESS,
} from '../../../support/network-sandbox.ts'
import { startAgent } from '../../../support/traffic.ts'

const TABLE = { family: 'ip', name: 'filter' } as const
const owner = { tag: 'abc123', project: 'shop' }
const neighbour = { tag: 'abc123', project: 'blog' }

/** What iptables of a host with Docker makes in the thread's namespace. */
function makeForwardFilter(policy: 'drop' | 'accept'): void {
  using socket = openNetlink('netfilter')
  commit(socket, [
    newTable(TABLE),
    newBaseChain({ table: TABLE, name: 'FORWARD', type: 'filter', hook: 'forward', priority: 0, policy }),
    appendRule({ table: TABLE, chain: 'FORWARD', expressions: [verdict(policy)], comment: 'from docker' }),
  ])
}

function comments(): readonly (string | undefined)[] {
  using socket = openNetlink('netfilter')
  return listRules(socket, TABLE).map(({ comment }) => comment)
}

test('detectForwardFilter() tells a chain that drops from one that accepts and from none', () => {
  for (const policy of ['drop', 'accept', undefined] as const) {
    using sandbox = createNetworkSandbox()
    sandbox.onHost(() => {
      if (policy !== undefined) makeForwardFilter(policy)
      expect(detectForwardFilter().dropsForwarded).toBe(policy === 'drop')
    })
  }
})

test('admitBridges() replaces its own rules at the head, and withdrawBridges() takes only those away', () => {
  using sandbox = createNetworkSandbox()
  sandbox.onHost(() => {
    makeForwardFilter('drop')
    expect(admitBridges(owner, ['tcb1', 'tcb2'])).toBe(true)
    expect(admitBridges(neighbour, ['tcb3'])).toBe(true)
    expect(admitBridges(owner, ['tcb1'])).toBe(true)
    const [shop, blog] = ['tcompose:abc123:shop', 'tcompose:abc123:blog']
    expect(comments()).toEqual([shop, shop, blog, blog, 'from docker'])
    expect(listAdmitted()).toMatchObject([owner, neighbour])
    withdrawBridges(owner)
    withdrawBridges(owner)
    expect(comments()).toEqual([blog, blog, 'from docker'])
  })
})

test('admitBridges() leaves a host alone that forwards or has no such chain', () => {
  using sandbox = createNetworkSandbox()
  sandbox.onHost(() => {
    expect(admitBridges(owner, ['tcb1'])).toBe(false)
    withdrawBridges(owner)
    makeForwardFilter('accept')
    expect(admitBridges(owner, ['tcb1'])).toBe(false)
    expect(comments()).toEqual(['from docker'])
  })
})

test('admitBridges() lets containers reach each other and the outside on a host that drops', async () => {
  const stack = new AsyncDisposableStack()
  onTestFinished(() => stack.disposeAsync())
  const sandbox = stack.use(createNetworkSandbox())
  const outsideNetns = addOutside(sandbox)
  const record = sandbox.onHost(() => {
    makeForwardFilter('drop')
    const made = createBridge({
      ...owner,
      network: aNetwork('front'),
      known: { ipv4: { subnet: '172.30.16.0/20', gateway: '' } },
    })
    for (const [container, ipv4] of [
      ['web', '172.30.16.2'],
      ['db', '172.30.16.3'],
    ] as const) {
      const endpoint = {
        record: made,
        addresses: { ipv4 },
        macAddress: undefined,
        interfaceName: undefined,
        gatewayPriority: 0,
      }
      connectContainer({
        ...owner,
        container,
        netnsPath: sandbox.container(container),
        endpoints: [endpoint],
      })
    }
    applyFirewall({ ...owner, networks: [made], ports: [] })
    return made
  })
  const [web, db, outside] = await Promise.all([
    startAgent(sandbox.container('web'), 'web'),
    startAgent(sandbox.container('db'), 'db'),
    startAgent(outsideNetns, 'outside'),
  ])
  for (const agent of [web, db, outside]) stack.use(agent)
  await Promise.all([db.listen('0.0.0.0', 80), outside.listen('0.0.0.0', 80)])
  const outward = { protocol: 'tcp', address: OUTSIDE_ADDRESS, port: 80 } as const
  expect(await web.ask({ ...outward, timeoutMs: 300 })).toBe('timeout')
  sandbox.onHost(() => admitBridges(owner, bridgesOf({ networks: [record] })))
  expect(await web.ask(outward)).toBe(`outside saw ${HOST_ADDRESS}`)
  expect(await web.ask({ ...outward, address: '172.30.16.3' })).toBe('db saw 172.30.16.2')
})
