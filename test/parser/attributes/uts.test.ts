import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('uts', [{ yaml: 'uts: host', value: 'host' }])

testRefused('uts', ['uts: 1', 'uts: []'])
