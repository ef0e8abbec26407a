import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('ports', s => s.ports.map(({ origin, ...port }) => port), [
  { yaml: 'ports: []', value: [] },
  {
    yaml: 'ports: [80]\nnetworks: [wire]',
    value: [],
    rest: 'networks: {wire: {driver: macvlan, driver_opts: {parent: eth0}}}\n',
  },
  { yaml: 'ports: [80]', value: [{ target: 80, protocol: 'tcp' }] },
  { yaml: 'ports: ["80"]', value: [{ target: 80, protocol: 'tcp' }] },
  {
    yaml: 'ports: ["8080:80"]',
    value: [{ target: 80, protocol: 'tcp', published: { from: 8080, to: 8080 } }],
  },
  { yaml: 'ports: ["0:80"]', value: [{ target: 80, protocol: 'tcp' }] },
  {
    yaml: 'ports: ["127.0.0.1:8080:80"]',
    value: [{ target: 80, protocol: 'tcp', published: { from: 8080, to: 8080 }, hostIp: '127.0.0.1' }],
  },
  { yaml: 'ports: ["127.0.0.1::80"]', value: [{ target: 80, protocol: 'tcp', hostIp: '127.0.0.1' }] },
  {
    yaml: 'ports: ["[::1]:8080:80"]',
    value: [{ target: 80, protocol: 'tcp', published: { from: 8080, to: 8080 }, hostIp: '::1' }],
  },
  { yaml: 'ports: ["53:53/udp"]', value: [{ target: 53, protocol: 'udp', published: { from: 53, to: 53 } }] },
  { yaml: 'ports: ["53:53/UDP"]', value: [{ target: 53, protocol: 'udp', published: { from: 53, to: 53 } }] },
  {
    yaml: 'ports: ["8080-8081:80-81"]',
    value: [
      { target: 80, protocol: 'tcp', published: { from: 8080, to: 8080 } },
      { target: 81, protocol: 'tcp', published: { from: 8081, to: 8081 } },
    ],
  },
  {
    yaml: 'ports: ["8080-8090:80"]',
    value: [{ target: 80, protocol: 'tcp', published: { from: 8080, to: 8090 } }],
  },
  {
    yaml: 'ports: ["80-81"]',
    value: [
      { target: 80, protocol: 'tcp' },
      { target: 81, protocol: 'tcp' },
    ],
  },
  {
    yaml: 'ports: ["8080:80", "8080:80"]',
    value: [{ target: 80, protocol: 'tcp', published: { from: 8080, to: 8080 } }],
  },
  { yaml: 'ports: [{target: 80}]', value: [{ target: 80, protocol: 'tcp' }] },
  {
    yaml: 'ports: [{target: "80", published: "8080-8090", protocol: udp, host_ip: 127.0.0.1, mode: host}]',
    value: [{ target: 80, protocol: 'udp', published: { from: 8080, to: 8090 }, hostIp: '127.0.0.1' }],
  },
  {
    yaml: 'ports: [{target: 80, published: 8080}]',
    value: [{ target: 80, protocol: 'tcp', published: { from: 8080, to: 8080 } }],
  },
  {
    yaml: 'ports: ["${P:-8080}:80"]',
    value: [{ target: 80, protocol: 'tcp', published: { from: 8080, to: 8080 } }],
  },
])

testRefused('ports', [
  'ports: 80',
  'ports: ["a:80"]',
  'ports: ["80:0"]',
  'ports: ["70000:80"]',
  'ports: ["80/icmp"]',
  'ports: ["80-82:80-81"]',
  'ports: ["x:80:80"]',
  'ports: [{published: 80}]',
  'ports: [{target: a}]',
  'ports: [true]',
])
