import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('working_dir', s => s.workingDir, [
  { yaml: 'working_dir: /srv', value: '/srv' },
  { yaml: 'working_dir: "/a b"', value: '/a b' },
  { yaml: 'working_dir: "${U-}"', value: undefined },
  { yaml: 'init: false', value: undefined },
])

testRefused('working_dir', ['working_dir: 1', 'working_dir: []'])
