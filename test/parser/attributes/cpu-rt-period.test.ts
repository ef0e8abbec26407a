import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('cpu_rt_period', s => s.limits.cpuRealtime, [
  { yaml: 'cpu_rt_period: 5', value: { runtime: 0, period: 5 } },
  { yaml: 'cpu_rt_period: "5"\ncpu_rt_runtime: 4', value: { runtime: 4, period: 5 } },
  { yaml: 'cpu_rt_period: 0', value: undefined },
])

testRefused('cpu_rt_period', ['cpu_rt_period: a', 'cpu_rt_period: []', 'cpu_rt_period: 1000001'])
