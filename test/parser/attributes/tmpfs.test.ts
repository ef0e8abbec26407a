import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('tmpfs', s => s.mounts.map(({ origin, ...mount }) => mount), [
  { yaml: 'tmpfs: /run', value: [{ kind: 'tmpfs', target: '/run', options: [] }] },
  {
    yaml: 'tmpfs: [/run, /tmp]',
    value: [
      { kind: 'tmpfs', target: '/run', options: [] },
      { kind: 'tmpfs', target: '/tmp', options: [] },
    ],
  },
  {
    yaml: 'tmpfs: "/run:size=64m,mode=1770,uid=5"',
    value: [{ kind: 'tmpfs', target: '/run', options: ['uid=5'], size: 67_108_864, mode: 0o1770 }],
  },
  { yaml: 'tmpfs: []', value: [] },
])

testRefused('tmpfs', ['tmpfs: run', 'tmpfs: 1'])
