import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('device_cgroup_rules', [{ yaml: 'device_cgroup_rules: ["c 1:3 mr"]', value: ['c 1:3 mr'] }])

testRefused('device_cgroup_rules', ['device_cgroup_rules: a'])
