import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('init', s => s.init, [
  { yaml: 'init: true', value: true },
  { yaml: 'init: false', value: false },
  { yaml: 'init: "true"', value: true },
  { yaml: 'init: "false"', value: false },
  { yaml: 'init: "yes"', value: true },
  { yaml: 'init: "on"', value: true },
  { yaml: 'init: "n"', value: false },
  { yaml: 'init: "off"', value: false },
  { yaml: 'init: ${FLAG}', value: true, environment: { FLAG: 'true' } },
  { yaml: 'user: "1"', value: false },
])

testRefused('init', ['init: maybe', 'init: 1', 'init: []', 'init:'])
