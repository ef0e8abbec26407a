import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('pids_limit', s => s.limits.pids, [
  { yaml: 'pids_limit: 100', value: 100 },
  { yaml: 'pids_limit: "100"', value: 100 },
  { yaml: 'pids_limit: -1', value: -1 },
  { yaml: 'pids_limit: 0', value: undefined },
  { yaml: 'init: false', value: undefined },
])

testRefused('pids_limit', ['pids_limit: a', 'pids_limit: -2'])
