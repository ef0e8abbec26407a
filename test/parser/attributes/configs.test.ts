import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('configs', [
  { yaml: 'configs: [s]', value: [{ source: 's' }], rest: 'configs: {s: {file: ./s}}\n' },
  {
    yaml: 'configs: [{source: s, target: /t, uid: "1", gid: "2", mode: 0o400}]',
    value: [{ source: 's', target: '/t', uid: '1', gid: '2', mode: '0400' }],
    rest: 'configs: {s: {file: ./s}}\n',
  },
])

testRefused('configs', ['configs: s', 'configs: [gone]'])
