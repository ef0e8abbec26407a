import { expect, test } from 'vitest'
import { diagnosticsOf, webFile } from '../../support/memory-project.ts'
import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('uts', s => s.uts, [
  { yaml: 'uts: host', value: 'host' },
  { yaml: 'uts: ""', value: undefined },
])

testRefused('uts', ['uts: 1', 'uts: []', 'uts: service:web'])

test('uts host leaves a service no names of its own', () => {
  const found = diagnosticsOf(webFile('uts: host\nhostname: a\ndomainname: b'))
  expect(found.map(({ code, span }) => [code, span?.line])).toEqual([
    ['conflicting-keys', 5],
    ['conflicting-keys', 6],
  ])
})
