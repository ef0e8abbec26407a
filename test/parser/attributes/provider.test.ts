import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('provider', [
  {
    yaml: 'provider: {type: a, options: {b: 1, c: [d, e], f: true}}',
    value: { type: 'a', options: { b: 1, c: ['d', 'e'], f: true } },
  },
])

testRefused('provider', ['provider: {options: {}}', 'provider: a'])
