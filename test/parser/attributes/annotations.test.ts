import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('annotations', s => s.annotations, [
  { yaml: 'annotations: {a: b}', value: new Map([['a', 'b']]) },
  {
    yaml: 'annotations: {a: 1, b: true, c: 1.5}',
    value: new Map([
      ['a', '1'],
      ['b', 'true'],
      ['c', '1.5'],
    ]),
  },
  { yaml: 'annotations: {a: }', value: new Map([['a', '']]) },
  { yaml: 'annotations: {a: ""}', value: new Map([['a', '']]) },
  { yaml: 'annotations: [a=b]', value: new Map([['a', 'b']]) },
  {
    yaml: 'annotations: ["a=b=c", "d="]',
    value: new Map([
      ['a', 'b=c'],
      ['d', ''],
    ]),
  },
  { yaml: 'annotations: [a]', value: new Map([['a', '']]) },
  { yaml: 'annotations: [a=1, a=2]', value: new Map([['a', '2']]) },
  { yaml: 'annotations: {a: "x${V}"}', value: new Map([['a', 'x1']]), environment: { V: '1' } },
  { yaml: 'annotations: {}', value: new Map() },
  { yaml: 'annotations: []', value: new Map() },
])

testRefused('annotations', [
  'annotations: a',
  'annotations: {a: [b]}',
  'annotations: {a: {b: c}}',
  'annotations: [1]',
])
