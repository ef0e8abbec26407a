import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('cpu_shares', s => s.limits.cpuShares, [
  { yaml: 'cpu_shares: 512', value: 512 },
  { yaml: 'cpu_shares: "512"', value: 512 },
  { yaml: 'cpu_shares: 0', value: undefined },
  { yaml: 'init: false', value: undefined },
])

testRefused('cpu_shares', ['cpu_shares: a', 'cpu_shares: -1'])
