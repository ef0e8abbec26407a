import { testAttribute, testRefused } from '../../support/test-attribute.ts'

const rest = '  db: {image: rootfs:/}\n'
const db = { kind: 'service', service: 'db' }

testAttribute('volumes_from', s => s.volumesFrom, [
  { yaml: 'volumes_from: [db]', value: [{ source: db, readOnly: false }], rest },
  { yaml: 'volumes_from: ["db:rw"]', value: [{ source: db, readOnly: false }], rest },
  {
    yaml: 'volumes_from: ["db:ro", "container:x", "container:y:ro"]',
    value: [
      { source: db, readOnly: true },
      { source: { kind: 'container', container: 'x' }, readOnly: false },
      { source: { kind: 'container', container: 'y' }, readOnly: true },
    ],
    rest,
  },
  { yaml: 'volumes_from: []', value: undefined },
])

testRefused('volumes_from', [
  'volumes_from: db',
  'volumes_from: [gone]',
  'volumes_from: ["web:no"]',
  'volumes_from: ["container:x:no"]',
  'volumes_from: ["container:"]',
])
