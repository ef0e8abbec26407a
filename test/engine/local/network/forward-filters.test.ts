import { execFileSync, spawnSync } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { createBridge } from '../../../../src/engine/local/network/bridge.ts'
import { bridgesOf } from '../../../../src/engine/local/network/bridges-of.ts'
import { connectContainer } from '../../../../src/engine/local/network/connect-container.ts'
import { applyFirewall } from '../../../../src/engine/local/network/firewall.ts'
import {
  admitBridges,
  detectForwardFilters,
  isAdmitted,
  isBlockedByLegacy,
  LEGACY_REMEDY,
  listAdmitted,
  withdrawBridges,
} from '../../../../src/engine/local/network/forward-filters.ts'
import { be32Attribute } from '../../../../src/linux/netlink/attribute.ts'
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

/** Rulesets that hosts have, by what makes them. */
const BLOCKING: Readonly<Record<string, string>> = {
  'a policy of iptables': 'iptables-nft -P FORWARD DROP',
  'a rule of iptables': 'iptables-nft -A FORWARD -j REJECT --reject-with icmp-host-prohibited',
  'ufw, with a log before its policy':
    'iptables-nft -N ufw-before-forward; iptables-nft -A FORWARD -j ufw-before-forward; iptables-nft -P FORWARD DROP',
  'firewalld, by its last rule':
    "nft 'table inet firewalld { chain filter_FORWARD { type filter hook forward priority filter + 10; ct state { established, related } accept; ct state invalid drop; reject with icmpx admin-prohibited; }; }'",
  'a ruleset of the user':
    "nft 'table inet filter { chain forward { type filter hook forward priority filter; policy drop; }; }'",
  'one that counts and logs before it drops':
    'nft \'table ip mine { chain f { type filter hook forward priority 5; tcp dport 22 accept; counter log prefix "no " drop; }; }\'',
}

const FORWARDING: Readonly<Record<string, string>> = {
  'no ruleset': 'true',
  'a policy that accepts': 'iptables-nft -P FORWARD ACCEPT',
  'rules about some packets only':
    "nft 'table inet filter { chain forward { type filter hook forward priority filter; tcp dport 25 reject; iifname eth7 drop; limit rate 10/second drop; }; }'",
  'a chain of another hook':
    "nft 'table inet filter { chain input { type filter hook input priority filter; policy drop; }; }'",
}

/** What other firewalls are made by: Debian's packages iptables and nftables. */
const hasTools =
  spawnSync('sh', ['-c', 'command -v iptables-nft && command -v iptables-legacy && command -v nft'])
    .status === 0
const testBesideOthers = test.skipIf(!hasTools)

function run(script: string): string {
  return execFileSync('sh', ['-euc', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

for (const [what, script] of Object.entries(BLOCKING)) {
  testBesideOthers(`detectForwardFilters() finds ${what}, and admitBridges() lets bridges through`, () => {
    using sandbox = createNetworkSandbox()
    sandbox.onHost(() => {
      run(script)
      expect(detectForwardFilters().blocking).toHaveLength(1)
      const before = run('nft -s list ruleset')
      using socket = openNetlink('netfilter')
      expect(isAdmitted(owner, ['tcb1'], socket)).toBe(false)
      expect(admitBridges(owner, ['tcb1'])).toBe(true)
      expect(isAdmitted(owner, ['tcb1'], socket)).toBe(true)
      expect(run('nft -s list ruleset')).not.toBe(before)
      withdrawBridges(owner)
      expect(run('nft -s list ruleset')).toBe(before)
    })
  })
}

for (const [what, script] of Object.entries(FORWARDING)) {
  testBesideOthers(`detectForwardFilters() finds nothing in ${what}`, () => {
    using sandbox = createNetworkSandbox()
    sandbox.onHost(() => {
      run(script)
      expect(detectForwardFilters()).toMatchObject({ blocking: [], closed: [], legacyBlocks: false })
      expect(admitBridges(owner, ['tcb1'])).toBe(false)
    })
  })
}

testBesideOthers('admitBridges() writes rules that iptables shows, behind those of DOCKER-USER', () => {
  using sandbox = createNetworkSandbox()
  sandbox.onHost(() => {
    run('iptables-nft -N DOCKER-USER; iptables-nft -A FORWARD -j DOCKER-USER')
    run('iptables-nft -A FORWARD -o docker0 -j ACCEPT; iptables-nft -P FORWARD DROP')
    admitBridges(owner, ['tcb1'])
    expect(run('iptables-nft -S FORWARD').trim().split('\n')).toEqual([
      '-P FORWARD DROP',
      '-A FORWARD -j DOCKER-USER',
      expect.stringMatching(/^-A FORWARD -[io] tcb1 .*-j ACCEPT$/),
      expect.stringMatching(/^-A FORWARD -[io] tcb1 .*-j ACCEPT$/),
      '-A FORWARD -o docker0 -j ACCEPT',
    ])
  })
})

test('admitBridges() leaves a table alone that a running program has for itself', () => {
  using sandbox = createNetworkSandbox()
  sandbox.onHost(() => {
    using program = openNetlink('netfilter')
    const table = { family: 'inet', name: 'firewalld' } as const
    const create = newTable(table)
    const owned = { ...create, payload: Buffer.concat([create.payload, be32Attribute(2, 2)]) }
    const chain = { table, name: 'forward', type: 'filter', hook: 'forward', priority: 0 } as const
    commit(program, [owned, newBaseChain({ ...chain, policy: 'drop' })])
    expect(detectForwardFilters().closed).toEqual(['inet firewalld forward'])
    expect(admitBridges(owner, ['tcb1'])).toBe(false)
    using socket = openNetlink('netfilter')
    expect(isAdmitted(owner, ['tcb1'], socket)).toBe(true)
  })
})

testBesideOthers(
  'isBlockedByLegacy() sees the chain of iptables-legacy, and what the remedy adds to it',
  () => {
    using sandbox = createNetworkSandbox()
    sandbox.onHost(() => {
      expect(isBlockedByLegacy()).toBe(false)
      run('iptables-legacy -A FORWARD -s 192.0.2.1 -j DROP; iptables-legacy -A FORWARD -p tcp -j REJECT')
      expect(isBlockedByLegacy()).toBe(false)
      run('iptables-legacy -P FORWARD DROP')
      expect(isBlockedByLegacy()).toBe(true)
      run(LEGACY_REMEDY)
      expect(isBlockedByLegacy()).toBe(false)
      run('iptables-legacy -F FORWARD; iptables-legacy -P FORWARD ACCEPT')
      run('iptables-legacy -A FORWARD -j REJECT')
      expect(isBlockedByLegacy()).toBe(true)
    })
  },
)

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
