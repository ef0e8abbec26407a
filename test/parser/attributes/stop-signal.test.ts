import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('stop_signal', s => s.stopSignal, [
  { yaml: 'stop_signal: SIGINT', value: 'SIGINT' },
  { yaml: 'stop_signal: "9"', value: '9' },
  { yaml: 'init: false', value: undefined },
])

testRefused('stop_signal', ['stop_signal: 9'])
