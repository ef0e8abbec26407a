import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('network_mode', s => s.networkMode, [
  { yaml: 'network_mode: none', value: { kind: 'none' } },
  { yaml: 'network_mode: host', value: { kind: 'host' } },
  {
    yaml: 'network_mode: "service:db"',
    value: { kind: 'service', service: 'db' },
    rest: '  db: {image: rootfs:/}\n',
  },
])

testRefused('network_mode', [
  'network_mode: 1',
  'network_mode: "service:gone"',
  'network_mode: host\nnetworks: [default]',
])
