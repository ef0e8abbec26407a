import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('cpu_period', s => s.limits.cpus, [
  { yaml: 'cpu_period: 25000', value: undefined },
  { yaml: 'cpu_quota: 50000\ncpu_period: 25000', value: 2 },
])

testRefused('cpu_period', ['cpu_period: a', 'cpu_period: 1'])
