import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('cpu_quota', s => s.limits.cpus, [
  { yaml: 'cpu_quota: 50000', value: 0.5 },
  { yaml: 'cpu_quota: "50000"', value: 0.5 },
  { yaml: 'cpu_quota: 50000\ncpu_period: 25000', value: 2 },
  { yaml: 'cpu_quota: 50000\ncpu_period: "200000"', value: 0.25 },
  { yaml: 'cpu_quota: -1', value: undefined },
  { yaml: 'cpu_quota: 0', value: undefined },
])

testRefused('cpu_quota', ['cpu_quota: a', 'cpu_quota: 50000\ncpus: 1'])
