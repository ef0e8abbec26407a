import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('scale', s => s.replicas, [
  { yaml: 'scale: 3', value: 3 },
  { yaml: 'scale: "3"', value: 3 },
  { yaml: 'scale: 0', value: 0 },
  { yaml: 'scale: ${N:-2}', value: 2 },
  { yaml: 'init: false', value: 1 },
])

testRefused('scale', ['scale: -1', 'scale: a', 'scale: 1.5', 'scale:'])
