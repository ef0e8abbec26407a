import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('cgroup', [
  { yaml: 'cgroup: host', value: 'host' },
  { yaml: 'cgroup: private', value: 'private' },
])

testRefused('cgroup', ['cgroup: own'])
