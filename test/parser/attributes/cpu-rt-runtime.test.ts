import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('cpu_rt_runtime', s => s.limits.cpuRealtime, [
  { yaml: 'cpu_rt_runtime: 5', value: { runtime: 5, period: 1_000_000 } },
  { yaml: 'cpu_rt_runtime: "5"', value: { runtime: 5, period: 1_000_000 } },
])

testRefused('cpu_rt_runtime', [
  'cpu_rt_runtime: a',
  'cpu_rt_runtime: []',
  'cpu_rt_runtime: -1',
  'cpu_rt_runtime: 1000001',
  'cpu_rt_period: 100\ncpu_rt_runtime: 101',
])
