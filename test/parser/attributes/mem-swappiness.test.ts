import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('mem_swappiness', s => s.limits.swappiness, [
  { yaml: 'mem_swappiness: 0', value: 0 },
  { yaml: 'mem_swappiness: "60"', value: 60 },
  { yaml: 'init: false', value: undefined },
])

testRefused('mem_swappiness', ['mem_swappiness: a', 'mem_swappiness: []', 'mem_swappiness: 101'])
