import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('mem_limit', s => s.limits.memory, [
  { yaml: 'mem_limit: 1048576', value: 1_048_576 },
  { yaml: 'mem_limit: "1048576"', value: 1_048_576 },
  { yaml: 'mem_limit: 64b', value: 64 },
  { yaml: 'mem_limit: 64k', value: 65_536 },
  { yaml: 'mem_limit: 64kb', value: 65_536 },
  { yaml: 'mem_limit: 64m', value: 67_108_864 },
  { yaml: 'mem_limit: 64M', value: 67_108_864 },
  { yaml: 'mem_limit: "64 mb"', value: 67_108_864 },
  { yaml: 'mem_limit: 64MiB', value: 67_108_864 },
  { yaml: 'mem_limit: 64Mi', value: 67_108_864 },
  { yaml: 'mem_limit: 64ki', value: 65_536 },
  { yaml: 'mem_limit: 1 GI', value: 1_073_741_824 },
  { yaml: 'mem_limit: 1g', value: 1_073_741_824 },
  { yaml: 'mem_limit: 1.5gb', value: 1_610_612_736 },
  { yaml: 'mem_limit: 1t', value: 1_099_511_627_776 },
  { yaml: 'mem_limit: ${SIZE}', value: 1024, environment: { SIZE: '1k' } },
  { yaml: 'init: false', value: undefined },
])

testRefused('mem_limit', [
  'mem_limit: a',
  'mem_limit: 1q',
  'mem_limit: 1ib',
  'mem_limit: 1im',
  'mem_limit: []',
  'mem_limit: -5',
])
