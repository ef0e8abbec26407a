import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('external_links', [{ yaml: 'external_links: [a, "b:c"]', value: ['a', 'b:c'] }])

testRefused('external_links', ['external_links: a'])
