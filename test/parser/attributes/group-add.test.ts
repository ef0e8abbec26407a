import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('group_add', s => s.groupAdd, [
  { yaml: 'group_add: [audio, 44]', value: ['audio', '44'] },
  { yaml: 'group_add: ["44"]', value: ['44'] },
  { yaml: 'group_add: []', value: [] },
])

testRefused('group_add', ['group_add: audio', 'group_add: [a, a]'])
