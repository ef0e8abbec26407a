import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('ipc', [{ yaml: 'ipc: shareable', value: 'shareable' }])

testRefused('ipc', ['ipc: 1', 'ipc: []'])
