import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('dns', s => s.dns.servers, [
  { yaml: 'dns: 10.0.0.1', value: ['10.0.0.1'] },
  { yaml: 'dns: [10.0.0.1, 10.0.0.2]', value: ['10.0.0.1', '10.0.0.2'] },
  { yaml: 'dns: []', value: [] },
  { yaml: 'init: false', value: [] },
])

testRefused('dns', ['dns: host', 'dns: 1'])
