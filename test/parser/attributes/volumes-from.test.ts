import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('volumes_from', [
  { yaml: 'volumes_from: [db]', value: ['db'], rest: '  db: {image: rootfs:/}\n' },
  {
    yaml: 'volumes_from: ["db:ro", "container:x"]',
    value: ['db:ro', 'container:x'],
    rest: '  db: {image: rootfs:/}\n',
  },
])

testRefused('volumes_from', ['volumes_from: db', 'volumes_from: [gone]'])
