import { testAttribute, testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('platform', [{ yaml: 'platform: linux/amd64', value: 'linux/amd64' }])

testAttribute('platform', s => s.platform, [
  { yaml: 'platform: linux/amd64', value: 'linux/amd64' },
  { yaml: 'platform: linux/arm64/v8', value: 'linux/arm64' },
  { yaml: 'platform: aarch64', value: 'linux/arm64' },
  { yaml: 'platform: linux', value: 'linux' },
  { yaml: 'platform: ""', value: undefined },
])

testRefused('platform', [
  'platform: 1',
  'platform: []',
  'platform: windows/amd64',
  'platform: linux/',
  'platform: a/b/c/d',
])
