import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('pre_stop', [
  { yaml: 'pre_stop: [{command: a b}]', value: [{ command: ['a', 'b'] }] },
  {
    yaml: 'pre_stop: [{command: [a, "b c"], user: u, working_dir: /w, privileged: "true", environment: [A=b]}]',
    value: [
      { command: ['a', 'b c'], user: 'u', working_dir: '/w', privileged: true, environment: { A: 'b' } },
    ],
  },
  { yaml: 'pre_stop: []', value: [] },
])

testRefused('pre_stop', ['pre_stop: a', 'pre_stop: [a]', 'pre_stop: [{user: u}]'])
