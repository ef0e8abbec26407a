import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('user', s => s.user, [
  { yaml: 'user: "1000"', value: '1000' },
  { yaml: 'user: "1000:1000"', value: '1000:1000' },
  { yaml: 'user: app', value: 'app' },
  { yaml: 'user: app:staff', value: 'app:staff' },
  { yaml: 'user: "${U-}"', value: undefined },
  { yaml: 'init: false', value: undefined },
])

testRefused('user', ['user: 1000', 'user: [a]'])
