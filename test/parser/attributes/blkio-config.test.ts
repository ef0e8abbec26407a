import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('blkio_config', [
  {
    yaml: 'blkio_config: {weight: "300", device_read_bps: [{path: /dev/a, rate: 12mb}]}',
    value: { weight: 300, device_read_bps: [{ path: '/dev/a', rate: '12mb' }] },
  },
])

testRefused('blkio_config', ['blkio_config: 1', 'blkio_config: {weight: a}'])
