import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('networks', s => (s.networkMode.kind === 'networks' ? s.networkMode.attachments : []), [
  { yaml: 'init: false', value: [{ network: 'default', aliases: [], priority: 0, gatewayPriority: 0 }] },
  {
    yaml: 'networks: [front]',
    value: [{ network: 'front', aliases: [], priority: 0, gatewayPriority: 0 }],
    rest: 'networks: {front: {}, back: {}}\n',
  },
  {
    yaml: 'networks: [front, back]',
    value: [
      { network: 'front', aliases: [], priority: 0, gatewayPriority: 0 },
      { network: 'back', aliases: [], priority: 0, gatewayPriority: 0 },
    ],
    rest: 'networks: {front: {}, back: {}}\n',
  },
  {
    yaml: 'networks: {front: }',
    value: [{ network: 'front', aliases: [], priority: 0, gatewayPriority: 0 }],
    rest: 'networks: {front: {}, back: {}}\n',
  },
  {
    yaml: 'networks: {front: {}}',
    value: [{ network: 'front', aliases: [], priority: 0, gatewayPriority: 0 }],
    rest: 'networks: {front: {}, back: {}}\n',
  },
  { yaml: 'networks: []', value: [{ network: 'default', aliases: [], priority: 0, gatewayPriority: 0 }] },
  {
    yaml: 'networks: {front: {aliases: [a, b]}}',
    value: [{ network: 'front', aliases: ['a', 'b'], priority: 0, gatewayPriority: 0 }],
    rest: 'networks: {front: {}, back: {}}\n',
  },
  {
    yaml: 'networks: {front: {ipv4_address: 10.0.0.9, mac_address: "02:42:ac:11:00:02"}}',
    value: [
      {
        network: 'front',
        aliases: [],
        priority: 0,
        gatewayPriority: 0,
        ipv4Address: '10.0.0.9',
        macAddress: '02:42:ac:11:00:02',
      },
    ],
    rest: 'networks: {front: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}\n',
  },
  {
    yaml: 'networks: {front: {interface_name: lan0, priority: 5, gw_priority: "7"}}',
    value: [{ network: 'front', aliases: [], priority: 5, gatewayPriority: 7, interfaceName: 'lan0' }],
    rest: 'networks: {front: {}, back: {}}\n',
  },
  {
    yaml: 'networks: {front: {ipv6_address: "fd00::9", link_local_ips: [169.254.1.9], driver_opts: {com.docker.network.endpoint.ifname: lan0, com.docker.network.endpoint.sysctls: "net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.conf.IFNAME.hop_limit=9"}}}',
    value: [
      {
        network: 'front',
        aliases: [],
        priority: 0,
        gatewayPriority: 0,
        ipv6Address: 'fd00::9',
        linkLocalAddresses: ['169.254.1.9'],
        interfaceName: 'lan0',
        sysctls: new Map([
          ['ipv4.conf.IFNAME.log_martians', '1'],
          ['ipv6.conf.IFNAME.hop_limit', '9'],
        ]),
      },
    ],
    rest: 'networks: {front: {enable_ipv6: true, ipam: {config: [{subnet: "fd00::/64"}]}}}\n',
  },
  {
    yaml: 'network_mode: bridge',
    value: [{ network: 'bridge', aliases: [], priority: 0, gatewayPriority: 0 }],
  },
])

testAttribute('network_mode', s => s.networkMode, [
  { yaml: 'network_mode: container:shop-db-1', value: { kind: 'container', container: 'shop-db-1' } },
  { yaml: 'networks: [outer]', value: { kind: 'host' }, rest: 'networks: {outer: {driver: host}}\n' },
  {
    yaml: 'networks: [outer]',
    value: { kind: 'host' },
    rest: 'networks: {outer: {external: true, name: host}}\n',
  },
  { yaml: 'networks: [none]', value: { kind: 'none' }, rest: 'networks: {none: {external: true}}\n' },
])

testRefused('networks', [
  'networks: front',
  'networks: [gone]',
  'networks: {default: {ipv4_address: a}}',
  'networks: {default: {ipv6_address: "fd00::1"}}',
  'networks: {default: {link_local_ips: [10.0.0.1]}}',
  'networks: {default: {driver_opts: {com.docker.network.endpoint.sysctls: net.ipv4.ip_forward=1}}}',
  'networks: {default: {mac_address: a}}',
  'networks: {default: {aliases: a}}',
])
