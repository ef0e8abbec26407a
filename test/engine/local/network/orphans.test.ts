import { expect, test } from 'vitest'
import { createBridge } from '../../../../src/engine/local/network/bridge.ts'
import { connectContainer } from '../../../../src/engine/local/network/connect-container.ts'
import { applyFirewall } from '../../../../src/engine/local/network/firewall.ts'
import { listNetworkObjects, removeNetworkObject } from '../../../../src/engine/local/network/orphans.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { changeLink, listLinks, newBridge } from '../../../../src/linux/rtnetlink/link.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import { createNetworkSandbox } from '../../../support/network-sandbox.ts'

const tag = 'abc123'
const owner = { tag, project: 'shop' }

test('listNetworkObjects() finds all of an engine by name, and removeNetworkObject() removes each', () => {
  using sandbox = createNetworkSandbox()
  const netnsPath = sandbox.container('web')
  sandbox.onHost(() => {
    const record = createBridge({ ...owner, network: aNetwork('front') })
    const ipv4 = record.ipv4?.gateway.replace(/1$/, '2') ?? ''
    const endpoint = {
      record,
      addresses: { ipv4 },
      macAddress: undefined,
      interfaceName: undefined,
      gatewayPriority: 0,
    }
    const [connected] = connectContainer({ ...owner, container: 'web', netnsPath, endpoints: [endpoint] })
    applyFirewall({ ...owner, networks: [record], ports: [] })
    applyFirewall({ tag, project: 'blog', networks: [], ports: [] })
    makeForeign()

    const search = { tag, run: sandbox.folder }
    const found = listNetworkObjects(search)
    expect([...found]).toEqual([
      ['blog', [{ kind: 'firewall', project: 'blog' }]],
      [
        'shop',
        [
          { kind: 'bridge', project: 'shop', name: record.bridge },
          {
            kind: 'interface',
            project: 'shop',
            name: connected?.hostInterface,
            container: expect.any(String),
          },
          { kind: 'firewall', project: 'shop' },
          { kind: 'netns', project: 'shop', path: netnsPath },
        ],
      ],
    ])
    for (const object of [...found.values()].flat()) removeNetworkObject(tag, object)
    for (const object of [...found.values()].flat()) removeNetworkObject(tag, object)
    expect(listNetworkObjects(search).size).toBe(0)
    expect(linkNames()).toEqual(['lo', 'foreign'])
  })
})

/** Interfaces and tables of another engine and of nobody. */
function makeForeign(): void {
  using socket = openNetlink('route')
  socket.send([
    newBridge({ name: 'foreign', macAddress: '02:00:00:00:00:01', mtu: undefined }),
    changeLink('foreign', { alias: 'tcompose:def456:shop:front' }),
  ])
  applyFirewall({ tag: 'def456', project: 'shop', networks: [], ports: [] })
}

function linkNames(): readonly string[] {
  using socket = openNetlink('route')
  return listLinks(socket).map(({ name }) => name)
}
