import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('oom_kill_disable', [
  { yaml: 'oom_kill_disable: true', value: true },
  { yaml: 'oom_kill_disable: "false"', value: false },
])

testRefused('oom_kill_disable', ['oom_kill_disable: maybe', 'oom_kill_disable: 1'])
