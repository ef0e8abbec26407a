import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('dns_opt', s => s.dns.options, [
  { yaml: 'dns_opt: ["ndots:2"]', value: ['ndots:2'] },
  { yaml: 'dns_opt: [a, b, a]', value: ['a', 'b'] },
  { yaml: 'dns_opt: []', value: [] },
  { yaml: 'init: false', value: [] },
])

testRefused('dns_opt', ['dns_opt: "ndots:2"'])
