import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('cpu_count', [
  { yaml: 'cpu_count: 5', value: 5 },
  { yaml: 'cpu_count: "5"', value: 5 },
])

testRefused('cpu_count', ['cpu_count: a', 'cpu_count: []'])
