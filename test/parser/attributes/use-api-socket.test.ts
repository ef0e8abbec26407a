import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('use_api_socket', [
  { yaml: 'use_api_socket: true', value: true },
  { yaml: 'use_api_socket: "false"', value: false },
])

testRefused('use_api_socket', ['use_api_socket: maybe', 'use_api_socket: 1'])
