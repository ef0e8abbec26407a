import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('gpus', [
  { yaml: 'gpus: all', value: [{ count: -1 }] },
  { yaml: 'gpus: [{count: 2, driver: nvidia}]', value: [{ count: 2, driver: 'nvidia' }] },
  {
    yaml: 'gpus: [{device_ids: ["0"], options: [a=b]}]',
    value: [{ device_ids: ['0'], options: { a: 'b' } }],
  },
])

testRefused('gpus', ['gpus: some', 'gpus: [{count: 1, device_ids: ["0"]}]', 'gpus: 1'])
