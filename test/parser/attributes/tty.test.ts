import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('tty', s => s.tty, [
  { yaml: 'tty: true', value: true },
  { yaml: 'tty: false', value: false },
  { yaml: 'tty: "true"', value: true },
  { yaml: 'tty: "false"', value: false },
  { yaml: 'tty: "yes"', value: true },
  { yaml: 'tty: "on"', value: true },
  { yaml: 'tty: "n"', value: false },
  { yaml: 'tty: "off"', value: false },
  { yaml: 'tty: ${FLAG}', value: true, environment: { FLAG: 'true' } },
  { yaml: 'user: "1"', value: false },
])

testRefused('tty', ['tty: maybe', 'tty: 1', 'tty: []', 'tty:'])
