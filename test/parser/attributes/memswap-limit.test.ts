import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('memswap_limit', s => s.limits.memorySwap, [
  { yaml: 'memswap_limit: 64m', value: 67_108_864 },
  { yaml: 'memswap_limit: -1', value: -1 },
  { yaml: 'memswap_limit: "-1"', value: -1 },
  { yaml: 'memswap_limit: 1048576', value: 1_048_576 },
  { yaml: 'init: false', value: undefined },
])

testRefused('memswap_limit', ['memswap_limit: a', 'memswap_limit: -2'])
