import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('oom_kill_disable', s => s.limits.oomKillDisabled, [
  { yaml: 'oom_kill_disable: true', value: true },
  { yaml: 'oom_kill_disable: "false"', value: undefined },
])

testRefused('oom_kill_disable', ['oom_kill_disable: maybe', 'oom_kill_disable: 1'])
