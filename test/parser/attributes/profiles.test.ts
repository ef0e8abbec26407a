import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('profiles', s => s.profiles, [
  { yaml: 'profiles: []', value: [] },
  { yaml: 'init: false', value: [] },
])

testRefused('profiles', ['profiles: a', 'profiles: [1]'])
