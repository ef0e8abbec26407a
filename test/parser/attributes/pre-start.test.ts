import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('pre_start', [
  { yaml: 'pre_start: [{command: a b}]', value: [{ command: ['a', 'b'], image: 'rootfs:/' }] },
  {
    yaml: 'pre_start: [{command: [a, "b c"], user: u, working_dir: /w, privileged: "true", environment: [A=b]}]',
    value: [
      {
        command: ['a', 'b c'],
        user: 'u',
        working_dir: '/w',
        privileged: true,
        environment: { A: 'b' },
        image: 'rootfs:/',
      },
    ],
  },
  { yaml: 'pre_start: []', value: [] },
])

testRefused('pre_start', ['pre_start: a', 'pre_start: [a]'])
