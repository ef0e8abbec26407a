import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('blkio_config', [
  {
    yaml: 'blkio_config: {weight: "300", device_read_bps: [{path: /dev/a, rate: 12mb}]}',
    value: { weight: 300, device_read_bps: [{ path: '/dev/a', rate: '12582912' }] },
  },
  {
    yaml: 'blkio_config: {device_write_iops: [{path: /dev/a, rate: 30}]}',
    value: { device_write_iops: [{ path: '/dev/a', rate: '30' }] },
  },
])

testRefused('blkio_config', ['blkio_config: 1', 'blkio_config: {weight: a}'])
