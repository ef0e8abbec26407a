import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('pull_policy', s => s.image, [
  { yaml: 'pull_policy: missing', value: 'rootfs:/' },
  { yaml: 'pull_policy: if_not_present', value: 'rootfs:/' },
])

testRefused('pull_policy', [
  'pull_policy: sometimes',
  'pull_policy: 1',
  'pull_policy: always',
  'pull_policy: never',
  'pull_policy: every_12h',
])
