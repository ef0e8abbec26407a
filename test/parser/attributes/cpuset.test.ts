import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('cpuset', s => s.limits.cpuset, [
  { yaml: 'cpuset: "0"', value: '0' },
  { yaml: 'cpuset: 0-2,5', value: '0-2,5' },
  { yaml: 'init: false', value: undefined },
])

testRefused('cpuset', ['cpuset: 0', 'cpuset: []'])
