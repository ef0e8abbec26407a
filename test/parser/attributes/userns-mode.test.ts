import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('userns_mode', [{ yaml: 'userns_mode: host', value: 'host' }])

testRefused('userns_mode', ['userns_mode: 1', 'userns_mode: []', 'userns_mode: keep-id'])
