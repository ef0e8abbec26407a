import { expect, test } from 'vitest'
import { diagnosticsOf, webFile } from '../../support/memory-project.ts'
import { testAttribute, testCanonical, testRefused } from '../../support/test-attribute.ts'

testAttribute('cgroup', s => s.cgroup, [
  { yaml: 'cgroup: host', value: 'host' },
  { yaml: 'cgroup: private', value: undefined },
])

testCanonical('cgroup', [
  { yaml: 'cgroup: host', value: 'host' },
  { yaml: 'cgroup: private', value: 'private' },
])

testRefused('cgroup', ['cgroup: own'])

test('cgroup host and writable-cgroups together would make the groups of the host writable', () => {
  const file = (option: string) => webFile(`cgroup: host\nsecurity_opt: ["${option}"]`)
  expect(diagnosticsOf(file('writable-cgroups:true'))).toMatchObject([
    { code: 'conflicting-keys', span: { line: 5, column: 20 } },
  ])
  expect(diagnosticsOf(file('writable-cgroups=false'))).toEqual([])
})
