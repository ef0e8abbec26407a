import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('environment', s => s.environment, [
  { yaml: 'environment: {A: b}', value: new Map([['A', 'b']]) },
  {
    yaml: 'environment: {A: 1, B: true, C: 1.5}',
    value: new Map([
      ['A', '1'],
      ['B', 'true'],
      ['C', '1.5'],
    ]),
  },
  { yaml: 'environment: {A: yes}', value: new Map([['A', 'yes']]) },
  { yaml: 'environment: {A: ""}', value: new Map([['A', '']]) },
  { yaml: 'environment: {A: }', value: new Map([['A', 'here']]), environment: { A: 'here' } },
  { yaml: 'environment: {A: }', value: new Map([['A', undefined]]) },
  { yaml: 'environment: [A]', value: new Map([['A', 'here']]), environment: { A: 'here' } },
  {
    yaml: 'environment: [A=b, "C=d=e"]',
    value: new Map([
      ['A', 'b'],
      ['C', 'd=e'],
    ]),
  },
  { yaml: 'environment: ["A="]', value: new Map([['A', '']]) },
  { yaml: 'environment: ["A=$V"]', value: new Map([['A', '1']]), environment: { V: '1' } },
  { yaml: 'environment: {A: "$$V"}', value: new Map([['A', '$V']]) },
  { yaml: 'environment: [A=1, A=2]', value: new Map([['A', '2']]) },
  { yaml: 'environment: {}', value: new Map() },
])

testRefused('environment', [
  'environment: A=b',
  'environment: {A: [b]}',
  'environment: {A: {b: c}}',
  'environment: [A: b]',
])
