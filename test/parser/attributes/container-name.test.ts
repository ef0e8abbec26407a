import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('container_name', s => s.containerName, [
  { yaml: 'container_name: one', value: 'one' },
  { yaml: 'container_name: "${N:-two}"', value: 'two' },
  { yaml: 'init: false', value: undefined },
])

testRefused('container_name made of an unset variable', ['container_name: "${N-}"'])
testRefused('container_name', ['container_name: 1', 'container_name: []'])
