import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('attach', s => s.attach, [
  { yaml: 'attach: true', value: true },
  { yaml: 'attach: false', value: false },
  { yaml: 'attach: "true"', value: true },
  { yaml: 'attach: "false"', value: false },
  { yaml: 'attach: "yes"', value: true },
  { yaml: 'attach: "on"', value: true },
  { yaml: 'attach: "n"', value: false },
  { yaml: 'attach: "off"', value: false },
  { yaml: 'attach: ${FLAG}', value: true, environment: { FLAG: 'true' } },
  { yaml: 'user: "1"', value: true },
])

testRefused('attach', ['attach: maybe', 'attach: 1', 'attach: []', 'attach:'])
