import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('read_only', s => s.readOnly, [
  { yaml: 'read_only: true', value: true },
  { yaml: 'read_only: false', value: false },
  { yaml: 'read_only: "true"', value: true },
  { yaml: 'read_only: "false"', value: false },
  { yaml: 'read_only: "yes"', value: true },
  { yaml: 'read_only: "on"', value: true },
  { yaml: 'read_only: "n"', value: false },
  { yaml: 'read_only: "off"', value: false },
  { yaml: 'read_only: ${FLAG}', value: true, environment: { FLAG: 'true' } },
  { yaml: 'user: "1"', value: false },
])

testRefused('read_only', ['read_only: maybe', 'read_only: 1', 'read_only: []', 'read_only:'])
