import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('privileged', s => s.security.privileged, [
  { yaml: 'privileged: true', value: true },
  { yaml: 'privileged: false', value: false },
  { yaml: 'privileged: "true"', value: true },
  { yaml: 'privileged: "false"', value: false },
  { yaml: 'privileged: "yes"', value: true },
  { yaml: 'privileged: "on"', value: true },
  { yaml: 'privileged: "n"', value: false },
  { yaml: 'privileged: "off"', value: false },
  { yaml: 'privileged: ${FLAG}', value: true, environment: { FLAG: 'true' } },
  { yaml: 'user: "1"', value: false },
])

testRefused('privileged', ['privileged: maybe', 'privileged: 1', 'privileged: []', 'privileged:'])
