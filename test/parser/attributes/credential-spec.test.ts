import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('credential_spec', [{ yaml: 'credential_spec: {file: a.json}', value: { file: 'a.json' } }])

testRefused('credential_spec', ['credential_spec: a'])
