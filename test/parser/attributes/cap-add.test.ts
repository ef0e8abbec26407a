import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('cap_add', s => s.security.capAdd, [
  { yaml: 'cap_add: [NET_ADMIN]', value: ['NET_ADMIN'] },
  { yaml: 'cap_add: [CAP_NET_ADMIN, chown]', value: ['NET_ADMIN', 'CHOWN'] },
  { yaml: 'cap_add: [ALL]', value: ['ALL'] },
  { yaml: 'cap_add: [CHOWN, CHOWN]', value: ['CHOWN'] },
  { yaml: 'cap_add: []', value: [] },
  { yaml: 'user: "1"', value: [] },
])

testRefused('cap_add', ['cap_add: ALL', 'cap_add: [NO_SUCH]', 'cap_add: [1]'])
