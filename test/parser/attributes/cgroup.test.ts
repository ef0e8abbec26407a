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
