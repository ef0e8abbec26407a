import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('cpu_rt_runtime', [
  { yaml: 'cpu_rt_runtime: 5', value: 5 },
  { yaml: 'cpu_rt_runtime: "5"', value: 5 },
])

testRefused('cpu_rt_runtime', ['cpu_rt_runtime: a', 'cpu_rt_runtime: []'])
