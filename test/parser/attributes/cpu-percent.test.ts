import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('cpu_percent', [
  { yaml: 'cpu_percent: 5', value: 5 },
  { yaml: 'cpu_percent: "5"', value: 5 },
])

testRefused('cpu_percent', ['cpu_percent: a', 'cpu_percent: []'])
