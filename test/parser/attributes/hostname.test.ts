import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('hostname', s => s.hostname, [
  { yaml: 'hostname: h', value: 'h' },
  { yaml: 'hostname: "1"', value: '1' },
  { yaml: 'hostname: "${U-}"', value: undefined },
  { yaml: 'init: false', value: undefined },
])

testRefused('hostname', ['hostname: 1', 'hostname: [a]'])
