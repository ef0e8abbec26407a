import { describe, expect, test } from 'vitest'
import type { Project } from '../../../src/model/project.ts'
import { loadMemory } from '../../support/memory-project.ts'

interface Case {
  readonly yaml: string
  readonly value: unknown
}

const SERVICES = 'services: {web: {image: a}}\n'
const NETWORK = { key: 'n', driver: 'bridge', external: false, internal: false, ipam: [], labels: new Map() }
const VOLUME = { key: 'v', name: 'project_v', external: false, labels: new Map() }
const NO_AUX = { auxAddresses: new Map() }

function network(changes: object): object {
  return { ...NETWORK, name: 'project_n', ...changes }
}

const sections: readonly {
  readonly key: string
  readonly read: (project: Project) => unknown
  readonly cases: readonly Case[]
  readonly refused: readonly string[]
}[] = [
  {
    key: 'name',
    read: project => project.name,
    cases: [
      { yaml: 'name: shop', value: 'shop' },
      { yaml: 'name: My-Shop_1.0', value: 'my-shop_10' },
      { yaml: 'name: _shop', value: 'shop' },
      { yaml: 'name: ${NAME:-shop}', value: 'shop' },
      { yaml: '', value: 'project' },
    ],
    refused: ['name: 1', 'name: "--"', 'name: [a]'],
  },
  {
    key: 'networks',
    read: project => project.networks.get('n'),
    cases: [
      { yaml: 'networks: {n: }', value: network({}) },
      { yaml: 'networks: {n: {}}', value: network({}) },
      { yaml: 'networks: {n: {driver: bridge}}', value: network({}) },
      { yaml: 'networks: {n: {name: real}}', value: network({ name: 'real' }) },
      { yaml: 'networks: {n: {external: true}}', value: network({ name: 'n', external: true }) },
      { yaml: 'networks: {n: {external: "true", name: r}}', value: network({ name: 'r', external: true }) },
      { yaml: 'networks: {n: {external: {name: r}}}', value: network({ name: 'r', external: true }) },
      { yaml: 'networks: {n: {internal: "true"}}', value: network({ internal: true }) },
      {
        yaml: 'networks: {n: {driver_opts: {com.docker.network.driver.mtu: 1400}}}',
        value: network({ mtu: 1400 }),
      },
      {
        yaml: 'networks: {n: {driver_opts: {com.docker.network.driver.mtu: "1400"}}}',
        value: network({ mtu: 1400 }),
      },
      {
        yaml: 'networks: {n: {enable_ipv6: true, ipam: {config: [{subnet: 10.1.0.0/16}, {subnet: "fd00:1::/64", gateway: "fd00:1::9"}]}}}',
        value: network({
          ipv6: true,
          ipam: [
            { ...NO_AUX, subnet: '10.1.0.0/16' },
            { ...NO_AUX, subnet: 'fd00:1::/64', gateway: 'fd00:1::9' },
          ],
        }),
      },
      {
        yaml: 'networks: {n: {enable_ipv6: true, enable_ipv4: false}}',
        value: network({ ipv6: true, ipv4: false }),
      },
      {
        yaml: 'networks: {n: {internal: true, driver_opts: {com.docker.network.bridge.enable_icc: "false", com.docker.network.bridge.name: br7, com.docker.network.bridge.gateway_mode_ipv4: isolated, com.docker.network.bridge.trusted_host_interfaces: "eth1:eth2"}}}',
        value: network({
          internal: true,
          options: {
            interContainer: false,
            bridgeName: 'br7',
            gatewayModeIpv4: 'isolated',
            trustedInterfaces: ['eth1', 'eth2'],
          },
        }),
      },
      {
        yaml: 'networks: {n: {driver: macvlan, driver_opts: {parent: eth0, macvlan_mode: private}}}',
        value: network({ driver: 'macvlan', options: { parent: 'eth0', macvlanMode: 'private' } }),
      },
      { yaml: 'networks: {n: {labels: [a=b]}}', value: network({ labels: new Map([['a', 'b']]) }) },
      { yaml: 'networks: {n: {ipam: {driver: default}}}', value: network({}) },
      {
        yaml: 'networks: {n: {ipam: {config: [{subnet: 10.1.0.0/16, gateway: 10.1.0.9}]}}}',
        value: network({ ipam: [{ ...NO_AUX, subnet: '10.1.0.0/16', gateway: '10.1.0.9' }] }),
      },
      {
        yaml: 'networks: {n: {ipam: {config: [{subnet: 10.1.0.0/16, ip_range: 10.1.1.0/24, aux_addresses: {a: 10.1.0.5}}]}}}',
        value: network({
          ipam: [
            { subnet: '10.1.0.0/16', ipRange: '10.1.1.0/24', auxAddresses: new Map([['a', '10.1.0.5']]) },
          ],
        }),
      },
    ],
    refused: [
      'networks: [n]',
      'networks: {n: a}',
      'networks: {n: {driver: overlay}}',
      'networks: {n: {external: maybe}}',
      'networks: {n: {driver_opts: {com.docker.network.driver.mtu: 12}}}',
      'networks: {n: {driver_opts: {com.docker.network.driver.mtu: big}}}',
      'networks: {n: {external: true, internal: true}}',
      'networks: {n: {ipam: {config: [{subnet: a}]}}}',
      'networks: {n: {enable_ipv4: false}}',
      'networks: {n: {ipam: {config: [{subnet: 10.1.0.0/16}, {subnet: 10.2.0.0/16}]}}}',
      'networks: {n: {ipam: {config: [{ip_range: 10.1.0.0/24}]}}}',
      'networks: {n: {ipam: {config: [{subnet: 10.1.0.0/16, gateway: 10.2.0.1}]}}}',
      'networks: {n: {ipam: {config: [{subnet: 10.1.0.0/16, ip_range: 10.0.0.0/8}]}}}',
      'networks: {n: {ipam: {config: [{subnet: 10.1.0.0/16, aux_addresses: {a: 10.1.0.0}}]}}}',
      'networks: {n: {driver: macvlan}}',
      'networks: {n: {driver_opts: {com.docker.network.bridge.enable_icc: maybe}}}',
      'networks: {n: {driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: isolated}}}',
    ],
  },
  {
    key: 'volumes',
    read: project => project.volumes.get('v'),
    cases: [
      { yaml: 'volumes: {v: }', value: VOLUME },
      { yaml: 'volumes: {v: {}}', value: VOLUME },
      { yaml: 'volumes: {v: {driver: local}}', value: VOLUME },
      { yaml: 'volumes: {v: {name: real}}', value: { ...VOLUME, name: 'real' } },
      { yaml: 'volumes: {v: {external: true}}', value: { ...VOLUME, name: 'v', external: true } },
      { yaml: 'volumes: {v: {external: {name: r}}}', value: { ...VOLUME, name: 'r', external: true } },
      { yaml: 'volumes: {v: {labels: {a: 1}}}', value: { ...VOLUME, labels: new Map([['a', '1']]) } },
    ],
    refused: [
      'volumes: [v]',
      'volumes: {v: a}',
      'volumes: {v: {driver: nfs}}',
      'volumes: {v: {driver_opts: {type: nfs}}}',
      'volumes: {v: {external: true, labels: [a]}}',
    ],
  },
]

for (const { key, read, cases, refused } of sections) {
  describe(`the top-level ${key}`, () => {
    for (const { yaml, value } of cases) {
      test(`loadProject() reads ${JSON.stringify(yaml)}`, () => {
        const { value: project, diagnostics } = loadMemory({
          files: { 'compose.yaml': `${SERVICES}${yaml}\n` },
        })
        expect(diagnostics).toEqual([])
        expect(project === undefined ? undefined : read(project)).toEqual(value)
      })
    }
    for (const yaml of refused) {
      test(`loadProject() refuses ${JSON.stringify(yaml)}`, () => {
        const { value, diagnostics } = loadMemory({ files: { 'compose.yaml': `${SERVICES}${yaml}\n` } })
        expect(value).toBeUndefined()
        expect(diagnostics[0]?.span).toMatchObject({ file: 'compose.yaml', line: 2 })
      })
    }
  })
}
