import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('cap_drop', s => s.security.capDrop, [
  { yaml: 'cap_drop: [NET_ADMIN]', value: ['NET_ADMIN'] },
  { yaml: 'cap_drop: [CAP_NET_ADMIN, chown]', value: ['NET_ADMIN', 'CHOWN'] },
  { yaml: 'cap_drop: [ALL]', value: ['ALL'] },
  { yaml: 'cap_drop: [CHOWN, CHOWN]', value: ['CHOWN'] },
  { yaml: 'cap_drop: []', value: [] },
  { yaml: 'user: "1"', value: [] },
])

testRefused('cap_drop', ['cap_drop: ALL', 'cap_drop: [NO_SUCH]', 'cap_drop: [1]'])
