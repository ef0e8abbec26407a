import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createBridge } from '../../../../src/engine/local/network/bridge.ts'
import { connectContainer } from '../../../../src/engine/local/network/connect-container.ts'
import { applyFirewall } from '../../../../src/engine/local/network/firewall.ts'
import type { ForwardedPort } from '../../../../src/engine/local/network/firewall-rules.ts'
import { forgetStaleFlows, type PortChanges } from '../../../../src/engine/local/network/stale-flows.ts'
import { deleteFlows, listFlows } from '../../../../src/linux/conntrack.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import {
  addOutside,
  createNetworkSandbox,
  HOST_ADDRESS,
  type NetworkSandbox,
  OUTSIDE_ADDRESS,
} from '../../../support/network-sandbox.ts'
import { startAgent, type TrafficAgent } from '../../../support/traffic.ts'

const UDP = 17
const owner = { tag: 'abc123', project: 'shop' }
const WEB = '172.30.16.2'
const PORT: ForwardedPort = {
  ...{ hostIp: '0.0.0.0', hostPort: 5300, target: 53, protocol: 'udp', containerAddress: WEB },
}
const ELSEWHERE: ForwardedPort = { ...PORT, containerAddress: '172.30.16.3' }

let sandbox: NetworkSandbox
let host: TrafficAgent
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  sandbox = stack.use(createNetworkSandbox())
  const outside = addOutside(sandbox)
  sandbox.onHost(() => {
    const record = createBridge({
      ...owner,
      network: aNetwork('front'),
      known: { ipv4: { subnet: '172.30.16.0/20', gateway: '' } },
    })
    const endpoint = {
      ...{ record, addresses: { ipv4: WEB }, macAddress: undefined, interfaceName: undefined },
      gatewayPriority: 0,
    }
    connectContainer({
      ...owner,
      ...{ container: 'web', netnsPath: sandbox.container('web'), endpoints: [endpoint] },
    })
    applyFirewall({ ...owner, networks: [record], ports: [PORT] })
  })
  const web = stack.use(await startAgent(sandbox.container('web'), 'web'))
  const neighbour = stack.use(await startAgent(outside, 'outside'))
  host = stack.use(await startAgent(sandbox.host, 'host'))
  await web.listen('0.0.0.0', 53)
  await neighbour.listen('0.0.0.0', 5300)
})
afterAll(() => stack.disposeAsync())

/** One flow to the published port, one to a port of that number elsewhere. */
beforeEach(async () => {
  sandbox.onHost(() => {
    using socket = openNetlink('netfilter')
    deleteFlows(socket, listFlows(socket, UDP))
  })
  const question = { protocol: 'udp', port: 5300 } as const
  expect(await host.ask({ ...question, address: HOST_ADDRESS })).toMatch(/^web saw/)
  expect(await host.ask({ ...question, address: OUTSIDE_ADDRESS })).toMatch(/^outside saw/)
})

function flowsAfter(changes: PortChanges): readonly string[] {
  return sandbox.onHost(() => {
    using socket = openNetlink('netfilter')
    forgetStaleFlows(changes, socket)
    return listFlows(socket, UDP)
      .map(({ destination, answerer }) => `${destination.address} ${answerer.address}:${answerer.port}`)
      .sort()
  })
}

const PUBLISHED = `${HOST_ADDRESS} ${WEB}:53`
const OTHER = `${OUTSIDE_ADDRESS} ${OUTSIDE_ADDRESS}:5300`

for (const { what, changes, left } of [
  {
    what: 'that lead where they should',
    changes: { current: [PORT], removed: [] },
    left: [PUBLISHED, OTHER],
  },
  { what: 'without ports of UDP', changes: { current: [], removed: [] }, left: [PUBLISHED, OTHER] },
  {
    what: 'of the same container, made again',
    changes: { current: [PORT], removed: [PORT] },
    left: [PUBLISHED, OTHER],
  },
]) {
  test(`forgetStaleFlows() keeps flows ${what}`, () => {
    expect(flowsAfter(changes)).toEqual(left)
  })
}

for (const { what, changes } of [
  { what: 'to the container of before', changes: { current: [ELSEWHERE], removed: [] } },
  { what: 'to a port that is no longer published', changes: { current: [], removed: [PORT] } },
]) {
  test(`forgetStaleFlows() forgets flows ${what}, and no other`, () => {
    expect(flowsAfter(changes)).toEqual([OTHER])
  })
}

test('forgetStaleFlows() forgets flows that began before the port was published', async () => {
  const question = { protocol: 'udp', address: HOST_ADDRESS, port: 5301 } as const
  await host.ask({ ...question, timeoutMs: 200 })
  expect(flowsAfter({ current: [PORT], removed: [] })).toContain(`${HOST_ADDRESS} ${HOST_ADDRESS}:5301`)
  const late = { ...PORT, hostPort: 5301 }
  expect(flowsAfter({ current: [PORT, late], removed: [] })).toEqual([PUBLISHED, OTHER])
})
