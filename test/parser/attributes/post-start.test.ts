import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('post_start', [
  { yaml: 'post_start: [{command: a b}]', value: [{ command: ['a', 'b'] }] },
  {
    yaml: 'post_start: [{command: [a, "b c"], user: u, working_dir: /w, privileged: "true", environment: [A=b]}]',
    value: [
      { command: ['a', 'b c'], user: 'u', working_dir: '/w', privileged: true, environment: { A: 'b' } },
    ],
  },
  { yaml: 'post_start: []', value: [] },
])

testRefused('post_start', ['post_start: a', 'post_start: [a]', 'post_start: [{user: u}]'])
