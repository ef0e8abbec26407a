import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('platform', [{ yaml: 'platform: linux/amd64', value: 'linux/amd64' }])

testRefused('platform', ['platform: 1', 'platform: []'])
