import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('pid', s => s.pid, [
  { yaml: 'pid: host', value: { kind: 'host' } },
  {
    yaml: 'pid: service:db',
    value: { kind: 'service', service: 'db' },
    rest: '  db: {image: rootfs:/}\n',
  },
  { yaml: 'pid: container:shop-db-1', value: { kind: 'container', container: 'shop-db-1' } },
  { yaml: 'pid: ""', value: undefined },
])

testRefused('pid', ['pid: 1', 'pid: []', 'pid: private', 'pid: service:gone', 'pid: service:web'])
