import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('cgroup_parent', [{ yaml: 'cgroup_parent: host', value: 'host' }])

testRefused('cgroup_parent', ['cgroup_parent: 1', 'cgroup_parent: []'])
