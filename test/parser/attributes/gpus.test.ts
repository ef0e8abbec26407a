import { testAttribute, testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('gpus', [
  { yaml: 'gpus: all', value: [{ count: -1 }] },
  { yaml: 'gpus: [{count: 2, driver: nvidia}]', value: [{ count: 2, driver: 'nvidia' }] },
  { yaml: 'gpus: [{capabilities: compute}]', value: [{ capabilities: ['compute'], count: -1 }] },
  {
    yaml: 'gpus: [{device_ids: ["0"], options: [a=b]}]',
    value: [{ device_ids: ['0'], options: { a: 'b' } }],
  },
])

const origin = 'services.web.gpus.0'
const all = { driver: undefined, capabilities: ['gpu'], count: 'all', ids: [], required: true, origin }
testAttribute('gpus', s => s.deviceRequests, [
  { yaml: 'gpus: all', value: [all] },
  { yaml: 'gpus: [{count: all}]', value: [all] },
  { yaml: 'gpus: [{count: 2, driver: nvidia}]', value: [{ ...all, count: 2, driver: 'nvidia' }] },
  { yaml: 'gpus: [{count: "3"}]', value: [{ ...all, count: 3 }] },
  { yaml: 'gpus: [{device_ids: ["0", GPU-1]}]', value: [{ ...all, ids: ['0', 'GPU-1'] }] },
  {
    yaml: 'gpus: [{driver: cdi, device_ids: [v.com/c=d]}]',
    value: [{ ...all, driver: 'cdi', ids: ['v.com/c=d'] }],
  },
  {
    yaml: 'gpus: [{capabilities: [gpu, utility], x-required: false}]',
    value: [{ ...all, capabilities: ['gpu', 'utility'], required: false }],
  },
  {
    yaml: 'deploy: {resources: {reservations: {devices: [{capabilities: npu, count: 1}]}}}',
    value: [
      {
        ...all,
        capabilities: ['npu'],
        count: 1,
        origin: 'services.web.deploy.resources.reservations.devices.0',
      },
    ],
  },
  { yaml: 'user: "1"', value: undefined },
])

testRefused('gpus', [
  'gpus: some',
  'gpus: [{count: 1, device_ids: ["0"]}]',
  'gpus: 1',
  'gpus: [{count: 0}]',
  'gpus: [{count: -2}]',
  'gpus: [{count: few}]',
  'gpus: [{driver: vendor}]',
  'gpus: [{capabilities: [coffee]}]',
  'gpus: [{driver: cdi}]',
  'gpus: [{driver: cdi, device_ids: ["0"]}]',
  'gpus: [{count: 1, x-required: maybe}]',
  'deploy: {resources: {reservations: {devices: [{count: 1}]}}}',
])
