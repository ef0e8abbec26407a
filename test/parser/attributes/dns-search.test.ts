import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('dns_search', s => s.dns.search, [
  { yaml: 'dns_search: a.example', value: ['a.example'] },
  { yaml: 'dns_search: [a.example, b.example]', value: ['a.example', 'b.example'] },
  { yaml: 'dns_search: []', value: [] },
  { yaml: 'init: false', value: [] },
])

testRefused('dns_search', ['dns_search: 1'])
