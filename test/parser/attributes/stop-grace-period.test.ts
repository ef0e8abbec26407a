import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('stop_grace_period', s => s.stopGracePeriod, [
  { yaml: 'stop_grace_period: 10s', value: 10_000 },
  { yaml: 'stop_grace_period: 1m30s', value: 90_000 },
  { yaml: 'stop_grace_period: 1h', value: 3_600_000 },
  { yaml: 'stop_grace_period: 500ms', value: 500 },
  { yaml: 'stop_grace_period: 1.5s', value: 1500 },
  { yaml: 'stop_grace_period: "0"', value: 0 },
  { yaml: 'stop_grace_period: 1d', value: 86_400_000 },
  { yaml: 'init: false', value: undefined },
])

testRefused('stop_grace_period', [
  'stop_grace_period: 10',
  'stop_grace_period: "10"',
  'stop_grace_period: soon',
  'stop_grace_period: 10x',
])
