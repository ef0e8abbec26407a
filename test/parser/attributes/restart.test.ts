import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('restart', s => s.restart, [
  { yaml: 'restart: "no"', value: { kind: 'no' } },
  { yaml: 'restart: no', value: { kind: 'no' } },
  { yaml: 'restart: always', value: { kind: 'always' } },
  { yaml: 'restart: unless-stopped', value: { kind: 'unless-stopped' } },
  { yaml: 'restart: on-failure', value: { kind: 'on-failure', maxRetries: undefined } },
  { yaml: 'restart: on-failure:3', value: { kind: 'on-failure', maxRetries: 3 } },
  { yaml: 'init: false', value: { kind: 'no' } },
])

testRefused('restart', ['restart: false', 'restart: never', 'restart: on-failure:x', 'restart: [always]'])
