import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('logging', s => s.name, [
  { yaml: 'logging: {driver: json-file}', value: 'web' },
  { yaml: 'logging: {driver: local}', value: 'web' },
  { yaml: 'logging: {}', value: 'web' },
])

testRefused('logging', [
  'logging: json-file',
  'logging: {driver: 1}',
  'logging: {options: [a]}',
  'logging: {driver: syslog}',
])
