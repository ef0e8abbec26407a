import { testAttribute, testCanonical, testRefused } from '../../support/test-attribute.ts'

testAttribute('blkio_config', s => s.limits.blockIo, [
  {
    yaml: 'blkio_config: {weight: 300, weight_device: [{path: /dev/a, weight: 10}]}',
    value: { weight: 300, weightOfDevices: [{ path: '/dev/a', weight: 10 }], rates: [] },
  },
  {
    yaml: 'blkio_config: {device_read_bps: [{path: /dev/a, rate: 12mb}], device_write_bps: [{path: /dev/b, rate: "7"}]}',
    value: {
      weightOfDevices: [],
      rates: [
        { kind: 'read-bytes', path: '/dev/a', rate: 12_582_912 },
        { kind: 'write-bytes', path: '/dev/b', rate: 7 },
      ],
    },
  },
  {
    yaml: 'blkio_config: {device_read_iops: [{path: /dev/a, rate: 1}], device_write_iops: [{path: /dev/a, rate: 0}]}',
    value: { weightOfDevices: [], rates: [{ kind: 'read-operations', path: '/dev/a', rate: 1 }] },
  },
  { yaml: 'blkio_config: {weight: 0}', value: undefined },
])

testCanonical('blkio_config', [
  {
    yaml: 'blkio_config: {weight: "300", device_read_bps: [{path: /dev/a, rate: 12mb}]}',
    value: { weight: 300, device_read_bps: [{ path: '/dev/a', rate: '12582912' }] },
  },
])

testRefused('blkio_config', [
  'blkio_config: 1',
  'blkio_config: {weight: a}',
  'blkio_config: {weight: 9}',
  'blkio_config: {weight: 1001}',
  'blkio_config: {weight_device: [{path: /dev/a, weight: 5}]}',
  'blkio_config: {device_read_bps: [{rate: 5}]}',
  'blkio_config: {device_read_bps: [{path: sda, rate: 5}]}',
])
