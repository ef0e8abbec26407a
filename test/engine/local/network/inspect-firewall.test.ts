import { expect, test } from 'vitest'
import { bridgesOf } from '../../../../src/engine/local/network/bridges-of.ts'
import { applyFirewall, removeFirewall } from '../../../../src/engine/local/network/firewall.ts'
import type { FirewallRequest } from '../../../../src/engine/local/network/firewall-rules.ts'
import { admitBridges } from '../../../../src/engine/local/network/forward-filters.ts'
import { inspectFirewall } from '../../../../src/engine/local/network/inspect-firewall.ts'
import { type NetlinkSocket, openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { matchInterface, verdict } from '../../../../src/linux/nftables/expression.ts'
import {
  appendRule,
  commit,
  deleteRule,
  listRules,
  newBaseChain,
  newTable,
} from '../../../../src/linux/nftables/ruleset.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import { createNetworkSandbox } from '../../../support/network-sandbox.ts'

const table = { family: 'inet', name: 'tcompose_abc123_shop' } as const
const FILTER = { family: 'ip', name: 'filter' } as const
const request: FirewallRequest = {
  tag: 'abc123',
  project: 'shop',
  networks: [
    { network: aNetwork('front'), bridge: 'tcbfront', ipv4: { subnet: '10.8.1.0/24', gateway: '10.8.1.1' } },
    {
      network: aNetwork('closed', { internal: true }),
      bridge: 'tcbclosed',
      ipv4: { subnet: '10.8.2.0/24', gateway: '10.8.2.1' },
    },
  ],
  ports: [{ hostIp: '0.0.0.0', hostPort: 8080, target: 80, protocol: 'tcp', containerAddress: '10.8.1.2' }],
}

const changes: ReadonlyArray<{
  readonly what: string
  readonly change: (socket: NetlinkSocket) => void
  readonly found: 'missing' | 'altered'
}> = [
  { what: 'a table that was deleted', change: socket => removeFirewall(request, socket), found: 'missing' },
  {
    what: 'an empty table of the name',
    change: socket => {
      removeFirewall(request, socket)
      commit(socket, [newTable(table)])
    },
    found: 'altered',
  },
  {
    what: 'a rule that was deleted',
    change: socket => {
      const guard = listRules(socket, table).filter(({ chain }) => chain === 'guard')
      commit(
        socket,
        guard.map(rule => deleteRule(table, rule)),
      )
    },
    found: 'altered',
  },
  {
    what: 'a rule that was added',
    change: socket => {
      const expressions = [matchInterface('oifname', 'tcbfront'), verdict('accept')]
      commit(socket, [appendRule({ table, chain: 'forward', expressions })])
    },
    found: 'altered',
  },
  {
    what: 'the rules of other ports',
    change: socket => applyFirewall({ ...request, ports: [] }, socket),
    found: 'altered',
  },
  {
    what: 'an iptables that drops and lets no bridge through',
    change: dropForwarded,
    found: 'altered',
  },
]

for (const { what, change, found } of changes) {
  test(`inspectFirewall() sees ${what}`, () => {
    using sandbox = createNetworkSandbox()
    sandbox.onHost(() => {
      using socket = openNetlink('netfilter')
      applyFirewall(request, socket)
      expect(inspectFirewall(request, socket)).toBe('intact')
      change(socket)
      expect(inspectFirewall(request, socket)).toBe(found)
      applyFirewall(request, socket)
      admitBridges(request, bridgesOf(request), socket)
      expect(inspectFirewall(request, socket)).toBe('intact')
    })
  })
}

function dropForwarded(socket: NetlinkSocket): void {
  const chain = { name: 'FORWARD', type: 'filter', hook: 'forward', priority: 0, policy: 'drop' } as const
  commit(socket, [newTable(FILTER), newBaseChain({ table: FILTER, ...chain })])
}
