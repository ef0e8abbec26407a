import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('cpu_rt_period', [
  { yaml: 'cpu_rt_period: 5', value: 5 },
  { yaml: 'cpu_rt_period: "5"', value: 5 },
])

testRefused('cpu_rt_period', ['cpu_rt_period: a', 'cpu_rt_period: []'])
