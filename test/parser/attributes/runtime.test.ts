import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('runtime', [{ yaml: 'runtime: host', value: 'host' }])

testRefused('runtime', ['runtime: 1', 'runtime: []'])
