import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('mem_reservation', s => s.limits.memoryReservation, [
  { yaml: 'mem_reservation: 1048576', value: 1_048_576 },
  { yaml: 'mem_reservation: "1048576"', value: 1_048_576 },
  { yaml: 'mem_reservation: 64b', value: 64 },
  { yaml: 'mem_reservation: 64k', value: 65_536 },
  { yaml: 'mem_reservation: 64kb', value: 65_536 },
  { yaml: 'mem_reservation: 64m', value: 67_108_864 },
  { yaml: 'mem_reservation: 64M', value: 67_108_864 },
  { yaml: 'mem_reservation: "64 mb"', value: 67_108_864 },
  { yaml: 'mem_reservation: 64MiB', value: 67_108_864 },
  { yaml: 'mem_reservation: 1g', value: 1_073_741_824 },
  { yaml: 'mem_reservation: 1.5gb', value: 1_610_612_736 },
  { yaml: 'mem_reservation: 1t', value: 1_099_511_627_776 },
  { yaml: 'mem_reservation: ${SIZE}', value: 1024, environment: { SIZE: '1k' } },
  { yaml: 'init: false', value: undefined },
])

testRefused('mem_reservation', [
  'mem_reservation: a',
  'mem_reservation: 1q',
  'mem_reservation: []',
  'mem_reservation: -5',
])
