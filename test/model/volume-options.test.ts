import { expect, test } from 'vitest'
import { volumeSource } from '../../src/model/volume-options.ts'

for (const [options, source] of [
  [undefined, { kind: 'folder' }],
  [
    { type: 'none', device: '/a', o: 'bind' },
    { kind: 'bind', path: '/a', recursive: false, readOnly: false },
  ],
  [
    { type: 'none', device: '/a', o: 'rbind,ro' },
    { kind: 'bind', path: '/a', recursive: true, readOnly: true },
  ],
  [
    { type: 'tmpfs', device: 'tmpfs', o: 'size=1m,,uid=5' },
    { kind: 'filesystem', type: 'tmpfs', device: 'tmpfs', options: ['size=1m', 'uid=5'] },
  ],
  [
    { type: 'nfs', device: ':/x' },
    { kind: 'filesystem', type: 'nfs', device: ':/x', options: [] },
  ],
] as const) {
  test(`volumeSource() reads ${JSON.stringify(options)}`, () => expect(volumeSource(options)).toEqual(source))
}
