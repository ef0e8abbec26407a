import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('cgroup_parent', s => s.cgroupParent, [
  { yaml: 'cgroup_parent: batch', value: '/batch' },
  { yaml: 'cgroup_parent: /batch//jobs/', value: '/batch/jobs' },
  { yaml: 'cgroup_parent: ""', value: undefined },
  { yaml: 'cgroup_parent: /', value: undefined },
])

testRefused('cgroup_parent', ['cgroup_parent: 1', 'cgroup_parent: []', 'cgroup_parent: ../up'])
