import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('userns_mode', [
  { yaml: 'userns_mode: host', value: 'host' },
  { yaml: 'userns_mode: "auto:size=4096"', value: 'auto:size=4096' },
])

testRefused('userns_mode', [
  'userns_mode: 1',
  'userns_mode: []',
  'userns_mode: keep-id',
  'userns_mode: nomap',
  'userns_mode: auto:size=x',
])
