import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('devices', [
  { yaml: 'devices: [/dev/a]', value: [{ source: '/dev/a', target: '/dev/a', permissions: 'rwm' }] },
  { yaml: 'devices: ["/dev/a:/dev/b"]', value: [{ source: '/dev/a', target: '/dev/b', permissions: 'rwm' }] },
  { yaml: 'devices: ["/dev/a:/dev/b:r"]', value: [{ source: '/dev/a', target: '/dev/b', permissions: 'r' }] },
  {
    yaml: 'devices: [{source: /dev/a, target: /dev/b, permissions: rw}]',
    value: [{ source: '/dev/a', target: '/dev/b', permissions: 'rw' }],
  },
])

testRefused('devices', ['devices: /dev/a', 'devices: [{target: /dev/a}]'])
