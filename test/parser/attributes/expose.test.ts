import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('expose', s => s.ports, [
  { yaml: 'expose: [80]', value: [] },
  { yaml: 'expose: ["80", "90-91/udp"]', value: [] },
  { yaml: 'expose: ["22:22", "80-81:90-91/udp"]', value: [] },
  { yaml: 'expose: []', value: [] },
])

testRefused('expose', ['expose: 80', 'expose: [http]', 'expose: [":22"]'])
