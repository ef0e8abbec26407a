import { testAttribute, testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('runtime', [{ yaml: 'runtime: host', value: 'host' }])

const origin = 'services.web.runtime'
const all = { driver: 'nvidia', capabilities: ['gpu'], count: 'all', ids: [], required: true, origin }
testAttribute('runtime', s => s.deviceRequests, [
  { yaml: 'runtime: nvidia', value: [all] },
  { yaml: 'runtime: nvidia\nenvironment: [NVIDIA_VISIBLE_DEVICES=all]', value: [all] },
  {
    yaml: 'runtime: nvidia\nenvironment: {NVIDIA_VISIBLE_DEVICES: "0,GPU-1"}',
    value: [{ ...all, ids: ['0', 'GPU-1'] }],
  },
  { yaml: 'runtime: nvidia\nenvironment: {NVIDIA_VISIBLE_DEVICES: none}', value: undefined },
  {
    yaml: 'runtime: nvidia\ngpus: [{count: 1}]',
    value: [{ ...all, driver: undefined, count: 1, origin: 'services.web.gpus.0' }],
  },
])

testAttribute('runtime', s => s.runtime, [
  { yaml: 'runtime: crun', value: 'crun' },
  { yaml: 'runtime: nvidia', value: undefined },
])

testRefused('runtime', ['runtime: 1', 'runtime: []'])
