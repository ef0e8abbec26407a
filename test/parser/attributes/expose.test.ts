import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('expose', s => s.expose, [
  { yaml: 'expose: [80]', value: ['80/tcp'] },
  { yaml: 'expose: ["80", "90-91/udp", "80/tcp"]', value: ['80/tcp', '90/udp', '91/udp'] },
  { yaml: 'expose: ["22:22", "80-81:90-91/udp"]', value: ['22/tcp', '90/udp', '91/udp'] },
  { yaml: 'expose: []', value: undefined },
])

testRefused('expose', ['expose: 80', 'expose: [http]', 'expose: [":22"]'])
