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

testAttribute('links', s => s.links, [
  { yaml: 'links: [db]', value: undefined, rest: '  db: {image: rootfs:/}\n' },
  {
    yaml: 'links: ["db:sql", "db:store", "db:db"]',
    value: new Map([
      ['sql', 'db'],
      ['store', 'db'],
    ]),
    rest: '  db: {image: rootfs:/}\n',
  },
  {
    yaml: 'links: ["db:cache"]\nexternal_links: ["other-redis-1:cache"]',
    value: new Map([['cache', 'other-redis-1']]),
    rest: '  db: {image: rootfs:/}\n',
  },
])

testRefused('links', ['links: db', 'links: [gone]', 'links: ["db:a:b"]', 'links: [":a"]'])
