import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('cpus', s => s.limits.cpus, [
  { yaml: 'cpus: 1', value: 1 },
  { yaml: 'cpus: 0.5', value: 0.5 },
  { yaml: 'cpus: "1.5"', value: 1.5 },
  { yaml: 'cpus: 0', value: undefined },
  { yaml: 'cpus: "${N}"', value: 2, environment: { N: '2' } },
  { yaml: 'init: false', value: undefined },
])

testRefused('cpus', ['cpus: a', 'cpus: -1', 'cpus: []'])
