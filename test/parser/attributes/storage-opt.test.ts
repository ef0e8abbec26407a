import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('storage_opt', [{ yaml: 'storage_opt: {size: 1G}', value: { size: '1G' } }])

testRefused('storage_opt', ['storage_opt: 1'])
