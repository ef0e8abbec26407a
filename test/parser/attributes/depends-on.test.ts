import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('depends_on', s => s.dependsOn, [
  {
    yaml: 'depends_on: [db]',
    value: [{ service: 'db', condition: 'service_started', restart: false, required: true }],
    rest: '  db: {image: rootfs:/}\n',
  },
  { yaml: 'depends_on: []', value: [] },
  { yaml: 'depends_on: {}', value: [] },
  {
    yaml: 'depends_on: {db: {condition: service_started}}',
    value: [{ service: 'db', condition: 'service_started', restart: false, required: true }],
    rest: '  db: {image: rootfs:/}\n',
  },
  {
    yaml: 'depends_on: {db: {condition: service_healthy}}',
    value: [{ service: 'db', condition: 'service_healthy', restart: false, required: true }],
    rest: '  db: {image: rootfs:/}\n',
  },
  {
    yaml: 'depends_on: {db: {condition: service_completed_successfully, required: false}}',
    value: [{ service: 'db', condition: 'service_completed_successfully', restart: false, required: false }],
    rest: '  db: {image: rootfs:/}\n',
  },
  {
    yaml: 'depends_on: {db: {condition: service_started, restart: "true"}}',
    value: [{ service: 'db', condition: 'service_started', restart: true, required: true }],
    rest: '  db: {image: rootfs:/}\n',
  },
  { yaml: 'depends_on: {gone: {condition: service_started, required: false}}', value: [] },
])

testRefused('depends_on', [
  'depends_on: db',
  'depends_on: [gone]',
  'depends_on: {gone: }',
  'depends_on: {gone: {condition: healthy}}',
  'depends_on: [web]',
])
