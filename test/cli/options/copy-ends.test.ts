import { expect, test } from 'vitest'
import { parseCopyEnds } from '../../../src/cli/options/copy-ends.ts'

for (const { args, ends } of [
  {
    args: ['web:/etc/', 'out'],
    ends: { service: 'web', from: { kind: 'container', path: '/etc/' }, to: { kind: 'host', path: 'out' } },
  },
  {
    args: ['./a:b', 'web:rel/.'],
    ends: {
      service: 'web',
      from: { kind: 'host', path: './a:b' },
      to: { kind: 'container', path: '/rel/.' },
    },
  },
  {
    args: ['-', 'web:/srv'],
    ends: { service: 'web', from: { kind: 'stream' }, to: { kind: 'container', path: '/srv' } },
  },
  {
    args: ['/c:/d', 'web:/x:y'],
    ends: { service: 'web', from: { kind: 'host', path: '/c:/d' }, to: { kind: 'container', path: '/x:y' } },
  },
] as const) {
  test(`parseCopyEnds() reads "${args.join(' ')}"`, () => {
    expect(parseCopyEnds(args[0], args[1])).toEqual(ends)
  })
}

for (const args of [
  ['a', 'b'],
  ['a:/x', 'b:/y'],
  ['a:', 'x'],
  ['-', '-'],
  ['web:/a', ''],
] as const) {
  test(`parseCopyEnds() refuses "${args.join(' ')}"`, () => {
    expect(() => parseCopyEnds(args[0], args[1])).toThrow()
  })
}
