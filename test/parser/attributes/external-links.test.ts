import { testAttribute, testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('external_links', [{ yaml: 'external_links: [a, "b:c"]', value: ['a', 'b:c'] }])

testAttribute('external_links', s => s.links, [
  { yaml: 'external_links: [shop-db-1]', value: undefined },
  { yaml: 'external_links: ["shop-db-1:db"]', value: new Map([['db', 'shop-db-1']]) },
])

testRefused('external_links', ['external_links: a', 'external_links: ["a:"]', 'external_links: ["a:b:c"]'])
