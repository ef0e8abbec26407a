import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('mac_address', [{ yaml: 'mac_address: "02:42:ac:11:00:02"', value: '02:42:ac:11:00:02' }])

testRefused('mac_address', ['mac_address: 1'])
