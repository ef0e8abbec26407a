import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('domainname', s => s.domainname, [
  { yaml: 'domainname: example.org', value: 'example.org' },
  { yaml: 'init: false', value: undefined },
])

testRefused('domainname', ['domainname: 1'])
