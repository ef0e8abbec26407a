import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('labels', s => s.labels, [
  { yaml: 'labels: {a: b}', value: new Map([['a', 'b']]) },
  {
    yaml: 'labels: {a: 1, b: true, c: 1.5}',
    value: new Map([
      ['a', '1'],
      ['b', 'true'],
      ['c', '1.5'],
    ]),
  },
  { yaml: 'labels: {a: }', value: new Map([['a', '']]) },
  { yaml: 'labels: {a: ""}', value: new Map([['a', '']]) },
  { yaml: 'labels: [a=b]', value: new Map([['a', 'b']]) },
  {
    yaml: 'labels: ["a=b=c", "d="]',
    value: new Map([
      ['a', 'b=c'],
      ['d', ''],
    ]),
  },
  { yaml: 'labels: [a]', value: new Map([['a', '']]) },
  { yaml: 'labels: [a=1, a=2]', value: new Map([['a', '2']]) },
  { yaml: 'labels: {a: "x${V}"}', value: new Map([['a', 'x1']]), environment: { V: '1' } },
  { yaml: 'labels: {}', value: new Map() },
  { yaml: 'labels: []', value: new Map() },
])

testRefused('labels', ['labels: a', 'labels: {a: [b]}', 'labels: {a: {b: c}}', 'labels: [1]'])
