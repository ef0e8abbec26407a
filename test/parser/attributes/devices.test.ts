import { testAttribute, testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('devices', [
  { yaml: 'devices: [/dev/a]', value: [{ source: '/dev/a', target: '/dev/a', permissions: 'rwm' }] },
  { yaml: 'devices: ["/dev/a:/dev/b"]', value: [{ source: '/dev/a', target: '/dev/b', permissions: 'rwm' }] },
  { yaml: 'devices: ["/dev/a:/dev/b:r"]', value: [{ source: '/dev/a', target: '/dev/b', permissions: 'r' }] },
  { yaml: 'devices: ["/dev/a::r"]', value: [{ source: '/dev/a', target: '/dev/a', permissions: 'r' }] },
  {
    yaml: 'devices: ["v.com/c=0:1"]',
    value: [{ source: 'v.com/c=0:1', target: 'v.com/c=0:1', permissions: 'rwm' }],
  },
  {
    yaml: 'devices: [{source: /dev/a, target: /dev/b, permissions: rw}]',
    value: [{ source: '/dev/a', target: '/dev/b', permissions: 'rw' }],
  },
])

const device = { kind: 'path', source: '/dev/a', target: '/dev/a', permissions: 'rwm' }
const origin = 'services.web.devices.0'
testAttribute('devices', s => s.devices, [
  { yaml: 'devices: [/dev/a]', value: [{ ...device, origin }] },
  { yaml: 'devices: ["/dev/a:/opt/../b:r"]', value: [{ ...device, target: '/b', permissions: 'r', origin }] },
  { yaml: 'devices: [{source: /dev/a}]', value: [{ ...device, origin }] },
  { yaml: 'devices: ["$DEVICE"]', value: [{ ...device, origin }], environment: { DEVICE: '/dev/a' } },
  { yaml: 'devices: []', value: undefined },
  { yaml: 'user: "1"', value: undefined },
])

testRefused('devices', [
  'devices: /dev/a',
  'devices: [{target: /dev/a}]',
  'devices: [dev/a]',
  'devices: ["/dev/a:b"]',
  'devices: ["/dev/a:r"]',
  'devices: ["/dev/a:/dev/b:x"]',
  'devices: ["/dev/a:/dev/b:rr"]',
  'devices: ["/dev/a:/dev/b:r:w"]',
  'devices: ["/dev/zero:/dev/null"]',
  'devices: ["/dev/a:/proc/a"]',
  'devices: ["/dev/a:/"]',
  'devices: ["/dev/a\\0"]',
  'devices: ["vendor/class="]',
  'devices: [{source: v.com/c=d, target: /dev/a}]',
  'devices: [{source: v.com/c=d, permissions: r}]',
])
