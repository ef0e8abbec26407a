import { testCanonical, testRefused } from '../../support/test-attribute.ts'

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

testRefused('develop', [
  'develop: {watch: [{path: .}]}',
  'develop: {watch: [{path: ., action: build}]}',
  'develop: {watch: [{path: ., action: sync}]}',
])
