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
    rest: 'networks: {front: {}, back: {}}\n',
  },
  {
    yaml: 'networks: {front: {interface_name: lan0, priority: 5, gw_priority: "7"}}',
    value: [{ network: 'front', aliases: [], priority: 5, gatewayPriority: 7, interfaceName: 'lan0' }],
    rest: 'networks: {front: {}, back: {}}\n',
  },
])

testRefused('networks', [
  'networks: front',
  'networks: [gone]',
  'networks: {default: {ipv4_address: a}}',
  'networks: {default: {mac_address: a}}',
  'networks: {default: {aliases: a}}',
])
