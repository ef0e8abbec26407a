import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('mem_swappiness', [
  { yaml: 'mem_swappiness: 5', value: '5' },
  { yaml: 'mem_swappiness: "5"', value: '5' },
])

testRefused('mem_swappiness', ['mem_swappiness: a', 'mem_swappiness: []'])
