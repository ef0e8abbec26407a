import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('stop_signal', s => s.stopSignal, [
  { yaml: 'stop_signal: SIGINT', value: 'SIGINT' },
  { yaml: 'stop_signal: "9"', value: '9' },
  { yaml: 'stop_signal: "${U-}"', value: undefined },
  { yaml: 'init: false', value: undefined },
])

testRefused('stop_signal', [
  'stop_signal: 9',
  'stop_signal: SIGTREM',
  'stop_signal: "0"',
  'stop_signal: "99"',
])
