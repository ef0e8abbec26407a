import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('pid', [{ yaml: 'pid: host', value: 'host' }])

testRefused('pid', ['pid: 1', 'pid: []'])
