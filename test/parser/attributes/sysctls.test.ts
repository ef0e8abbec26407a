import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('sysctls', s => s.sysctls, [
  { yaml: 'sysctls: {net.a: b}', value: new Map([['net.a', 'b']]) },
  {
    yaml: 'sysctls: {net.a: 1, net.b: true, net.c: 1.5}',
    value: new Map([
      ['net.a', '1'],
      ['net.b', 'true'],
      ['net.c', '1.5'],
    ]),
  },
  { yaml: 'sysctls: {net.a: }', value: new Map([['net.a', '']]) },
  { yaml: 'sysctls: {net.a: ""}', value: new Map([['net.a', '']]) },
  { yaml: 'sysctls: [net.a=b]', value: new Map([['net.a', 'b']]) },
  {
    yaml: 'sysctls: ["net.a=b=c", "net.d="]',
    value: new Map([
      ['net.a', 'b=c'],
      ['net.d', ''],
    ]),
  },
  { yaml: 'sysctls: [net.a]', value: new Map([['net.a', '']]) },
  { yaml: 'sysctls: [net.a=1, net.a=2]', value: new Map([['net.a', '2']]) },
  {
    yaml: 'sysctls: {net.a: "x${V}"}',
    value: new Map([['net.a', 'x1']]),
    environment: { V: '1' },
  },
  { yaml: 'sysctls: {}', value: new Map() },
  { yaml: 'sysctls: []', value: new Map() },
])

testRefused('sysctls', [
  'sysctls: net.a',
  'sysctls: {net.a: [b]}',
  'sysctls: {net.a: {b: c}}',
  'sysctls: [1]',
])
