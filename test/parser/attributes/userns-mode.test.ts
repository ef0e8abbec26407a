import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('userns_mode', [
  { yaml: 'userns_mode: host', value: 'host' },
  { yaml: 'userns_mode: "auto:size=4096"', value: 'auto:size=4096' },
  { yaml: 'userns_mode: "keep-id:uid=200,gid=210"', value: 'keep-id:uid=200,gid=210' },
  { yaml: 'userns_mode: nomap', value: 'nomap' },
])

testRefused('userns_mode', [
  'userns_mode: 1',
  'userns_mode: []',
  'userns_mode: keep-id:uid=x',
  'userns_mode: nomap:size=1',
  'userns_mode: auto:size=x',
])
