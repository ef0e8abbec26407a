import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('isolation', [{ yaml: 'isolation: host', value: 'host' }])

testRefused('isolation', ['isolation: 1', 'isolation: []'])
