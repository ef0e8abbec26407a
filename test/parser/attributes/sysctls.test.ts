import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('sysctls', s => s.sysctls, [
  { yaml: 'sysctls: {a: b}', value: new Map([['a', 'b']]) },
  {
    yaml: 'sysctls: {a: 1, b: true, c: 1.5}',
    value: new Map([
      ['a', '1'],
      ['b', 'true'],
      ['c', '1.5'],
    ]),
  },
  { yaml: 'sysctls: {a: }', value: new Map([['a', '']]) },
  { yaml: 'sysctls: {a: ""}', value: new Map([['a', '']]) },
  { yaml: 'sysctls: [a=b]', value: new Map([['a', 'b']]) },
  {
    yaml: 'sysctls: ["a=b=c", "d="]',
    value: new Map([
      ['a', 'b=c'],
      ['d', ''],
    ]),
  },
  { yaml: 'sysctls: [a]', value: new Map([['a', '']]) },
  { yaml: 'sysctls: [a=1, a=2]', value: new Map([['a', '2']]) },
  { yaml: 'sysctls: {a: "x${V}"}', value: new Map([['a', 'x1']]), environment: { V: '1' } },
  { yaml: 'sysctls: {}', value: new Map() },
  { yaml: 'sysctls: []', value: new Map() },
])

testRefused('sysctls', ['sysctls: a', 'sysctls: {a: [b]}', 'sysctls: {a: {b: c}}', 'sysctls: [1]'])
