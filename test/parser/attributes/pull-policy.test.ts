import { testAttribute, testRefused } from '../../support/test-attribute.ts'

const DAY = 86_400_000

testAttribute('pull_policy', s => s.pullPolicy, [
  { yaml: 'init: true', value: undefined },
  { yaml: 'pull_policy: always', value: { kind: 'always' } },
  { yaml: 'pull_policy: never', value: { kind: 'never' } },
  { yaml: 'pull_policy: missing', value: { kind: 'missing' } },
  { yaml: 'pull_policy: if_not_present', value: { kind: 'missing' } },
  { yaml: 'pull_policy: build\nbuild: .', value: { kind: 'build' } },
  { yaml: 'pull_policy: daily', value: { kind: 'refresh', after: DAY } },
  { yaml: 'pull_policy: weekly', value: { kind: 'refresh', after: 7 * DAY } },
  { yaml: 'pull_policy: every_12h', value: { kind: 'refresh', after: DAY / 2 } },
  { yaml: 'pull_policy: every_1d12h', value: { kind: 'refresh', after: 1.5 * DAY } },
  { yaml: 'pull_policy: refresh', value: { kind: 'refresh', after: DAY } },
  {
    yaml: 'pull_policy: refresh\npull_refresh_after: 90m',
    value: { kind: 'refresh', after: 5_400_000 },
  },
])

testRefused('pull_policy', [
  'pull_policy: sometimes',
  'pull_policy: 1',
  'pull_policy: always-or-never',
  'pull_policy: every_12',
  'pull_policy: refresh\npull_refresh_after: soon',
])
