import { testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('secrets', [
  {
    yaml: 'secrets: [s]',
    value: [{ source: 's', target: '/run/secrets/s' }],
    rest: 'secrets: {s: {file: ./s}}\n',
  },
  {
    yaml: 'secrets: [{source: s, target: t, uid: "1", gid: "2", mode: 0400}]',
    value: [{ source: 's', target: 't', uid: '1', gid: '2', mode: '0400' }],
    rest: 'secrets: {s: {file: ./s}}\n',
  },
  {
    yaml: 'secrets: [{source: s, mode: "0440"}]',
    value: [{ source: 's', target: '/run/secrets/s', mode: '0440' }],
    rest: 'secrets: {s: {file: ./s}}\n',
  },
])

testRefused('secrets', ['secrets: s', 'secrets: [gone]', 'secrets: [{source: gone, uid: 1}]'])
