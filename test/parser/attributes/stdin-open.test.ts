import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('stdin_open', s => s.stdinOpen, [
  { yaml: 'stdin_open: true', value: true },
  { yaml: 'stdin_open: false', value: false },
  { yaml: 'stdin_open: "true"', value: true },
  { yaml: 'stdin_open: "false"', value: false },
  { yaml: 'stdin_open: "yes"', value: true },
  { yaml: 'stdin_open: "on"', value: true },
  { yaml: 'stdin_open: "n"', value: false },
  { yaml: 'stdin_open: "off"', value: false },
  { yaml: 'stdin_open: ${FLAG}', value: true, environment: { FLAG: 'true' } },
  { yaml: 'user: "1"', value: false },
])

testRefused('stdin_open', ['stdin_open: maybe', 'stdin_open: 1', 'stdin_open: []', 'stdin_open:'])
