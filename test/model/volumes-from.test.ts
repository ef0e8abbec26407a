import { expect, test } from 'vitest'
import { parseVolumesFrom } from '../../src/model/volumes-from.ts'

for (const [text, value] of [
  ['db', { source: { kind: 'service', service: 'db' }, readOnly: false }],
  ['db:ro', { source: { kind: 'service', service: 'db' }, readOnly: true }],
  ['container:a:rw', { source: { kind: 'container', container: 'a' }, readOnly: false }],
  ['db:z', undefined],
  ['', undefined],
  [':ro', undefined],
] as const) {
  test(`parseVolumesFrom() reads "${text}"`, () => expect(parseVolumesFrom(text)).toEqual(value))
}
