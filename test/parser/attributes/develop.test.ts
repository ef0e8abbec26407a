import { testAttribute, testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('develop', [
  {
    yaml: 'develop: {watch: [{path: ., action: rebuild}]}',
    value: { watch: [{ path: '/project', action: 'rebuild' }] },
  },
  {
    yaml: 'develop: {watch: [{path: src, action: sync, target: /a, ignore: x, initial_sync: "true"}]}',
    value: {
      watch: [{ path: '/project/src', action: 'sync', target: '/a', ignore: ['x'], initial_sync: true }],
    },
  },
  {
    yaml: 'develop: {watch: [{path: ., action: sync+exec, target: /a, exec: {command: a b}}]}',
    value: {
      watch: [{ path: '/project', action: 'sync+exec', target: '/a', exec: { command: ['a', 'b'] } }],
    },
  },
])

testAttribute('develop', service => service.watch, [
  { yaml: 'develop: {watch: []}', value: undefined },
  {
    yaml: 'develop: {watch: [{path: ., action: rebuild}, {path: a, action: restart, include: "*.c"}]}',
    value: [
      { path: '/project', action: { kind: 'rebuild' }, ignore: [] },
      { path: '/project/a', action: { kind: 'restart' }, ignore: [], include: ['*.c'] },
    ],
  },
  {
    yaml: 'develop: {watch: [{path: a, action: sync, target: /a, ignore: [x, y], initial_sync: true}]}',
    value: [
      {
        path: '/project/a',
        action: { kind: 'sync', target: '/a', initialSync: true },
        ignore: ['x', 'y'],
      },
    ],
  },
  {
    yaml: 'develop: {watch: [{path: a, action: sync+restart, target: /a}]}',
    value: [
      { path: '/project/a', action: { kind: 'sync+restart', target: '/a', initialSync: false }, ignore: [] },
    ],
  },
  {
    yaml: 'develop: {watch: [{path: a, action: sync+exec, target: /a, exec: {}}]}',
    value: [
      {
        path: '/project/a',
        action: { kind: 'sync+exec', target: '/a', initialSync: false, exec: undefined },
        ignore: [],
      },
    ],
  },
  {
    yaml: 'develop: {watch: [{path: a, action: sync+exec, target: /a, exec: {command: kill -HUP 1, user: root, privileged: true, working_dir: /w, environment: [A=1]}}]}',
    value: [
      {
        path: '/project/a',
        action: {
          kind: 'sync+exec',
          target: '/a',
          initialSync: false,
          exec: {
            argv: ['kill', '-HUP', '1'],
            user: 'root',
            privileged: true,
            workingDir: '/w',
            environment: new Map([['A', '1']]),
          },
        },
        ignore: [],
      },
    ],
  },
])

testRefused('develop', [
  'develop: {watch: [{path: .}]}',
  'develop: {watch: [{path: ., action: build}]}',
  'develop: {watch: [{path: ., action: sync}]}',
])
