import { testAttribute, testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('device_cgroup_rules', [{ yaml: 'device_cgroup_rules: ["c 1:3 mr"]', value: ['c 1:3 mr'] }])

testAttribute('device_cgroup_rules', s => s.deviceRules, [
  {
    yaml: 'device_cgroup_rules: ["c 188:* rw"]',
    value: [{ kind: 'character', major: 188, minor: undefined, access: 'rw' }],
  },
  { yaml: 'user: "1"', value: undefined },
])

testRefused('device_cgroup_rules', [
  'device_cgroup_rules: a',
  'device_cgroup_rules: [a]',
  'device_cgroup_rules: ["c 1:3 x"]',
])
