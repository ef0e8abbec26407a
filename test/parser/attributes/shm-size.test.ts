import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('shm_size', s => s.shmSize, [
  { yaml: 'shm_size: 1048576', value: 1_048_576 },
  { yaml: 'shm_size: "1048576"', value: 1_048_576 },
  { yaml: 'shm_size: 64b', value: 64 },
  { yaml: 'shm_size: 64k', value: 65_536 },
  { yaml: 'shm_size: 64kb', value: 65_536 },
  { yaml: 'shm_size: 64m', value: 67_108_864 },
  { yaml: 'shm_size: 64M', value: 67_108_864 },
  { yaml: 'shm_size: "64 mb"', value: 67_108_864 },
  { yaml: 'shm_size: 64MiB', value: 67_108_864 },
  { yaml: 'shm_size: 1g', value: 1_073_741_824 },
  { yaml: 'shm_size: 1.5gb', value: 1_610_612_736 },
  { yaml: 'shm_size: 1t', value: 1_099_511_627_776 },
  { yaml: 'shm_size: ${SIZE}', value: 1024, environment: { SIZE: '1k' } },
  { yaml: 'init: false', value: undefined },
])

testRefused('shm_size', ['shm_size: a', 'shm_size: 1q', 'shm_size: []', 'shm_size: -5'])
