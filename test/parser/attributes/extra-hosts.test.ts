import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('extra_hosts', s => s.extraHosts, [
  { yaml: 'extra_hosts: ["a=10.0.0.1"]', value: [{ host: 'a', address: '10.0.0.1' }] },
  { yaml: 'extra_hosts: ["a:10.0.0.1"]', value: [{ host: 'a', address: '10.0.0.1' }] },
  { yaml: 'extra_hosts: {a: 10.0.0.1}', value: [{ host: 'a', address: '10.0.0.1' }] },
  {
    yaml: 'extra_hosts: {a: [10.0.0.1, 10.0.0.2]}',
    value: [
      { host: 'a', address: '10.0.0.1' },
      { host: 'a', address: '10.0.0.2' },
    ],
  },
  {
    yaml: 'extra_hosts: ["a=10.0.0.1,10.0.0.2"]',
    value: [
      { host: 'a', address: '10.0.0.1' },
      { host: 'a', address: '10.0.0.2' },
    ],
  },
  { yaml: 'extra_hosts: ["a=[fd00::1]"]', value: [{ host: 'a', address: 'fd00::1' }] },
  { yaml: 'extra_hosts: ["a:fd00::1"]', value: [{ host: 'a', address: 'fd00::1' }] },
  { yaml: 'extra_hosts: ["a=host-gateway"]', value: [{ host: 'a', address: 'host-gateway' }] },
  { yaml: 'extra_hosts: []', value: [] },
])

testRefused('extra_hosts', [
  'extra_hosts: a=10.0.0.1',
  'extra_hosts: [a]',
  'extra_hosts: ["a=b"]',
  'extra_hosts: {a: 1}',
])
