import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('links', s => s.dependsOn, [
  {
    yaml: 'links: [db]',
    value: [{ service: 'db', condition: 'service_started', restart: true, required: true }],
    rest: '  db: {image: rootfs:/}\n',
  },
  {
    yaml: 'links: ["db:database"]',
    value: [{ service: 'db', condition: 'service_started', restart: true, required: true }],
    rest: '  db: {image: rootfs:/}\n',
  },
  {
    yaml: 'links: [db]\ndepends_on: [db]',
    value: [{ service: 'db', condition: 'service_started', restart: false, required: true }],
    rest: '  db: {image: rootfs:/}\n',
  },
  { yaml: 'links: []', value: [] },
])

testRefused('links', ['links: db', 'links: [gone]'])
