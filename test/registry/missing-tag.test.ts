import { expect, test } from 'vitest'
import { nearestTags } from '../../src/registry/missing-tag.ts'

const TAGS = ['7', '7.2', '7.2-alpine', '7.2.4', '7.4', '7.10', 'latest', 'alpine', 'bookworm']

const cases: ReadonlyArray<{ readonly wanted: string; readonly near: readonly string[] }> = [
  { wanted: 'lastest', near: ['latest'] },
  { wanted: '7.22', near: ['7.2'] },
  { wanted: '7.2-alpin', near: ['7.2-alpine'] },
  { wanted: '7.3', near: ['7.4', '7.2'] },
  { wanted: 'bookwrom', near: ['bookworm'] },
  { wanted: 'trixie', near: [] },
  { wanted: 'x'.repeat(100), near: [] },
]

for (const { wanted, near } of cases) {
  test(`nearestTags() takes ${near.join(', ') || 'none'} for "${wanted}"`, () => {
    expect(nearestTags(wanted, TAGS)).toEqual(near)
  })
}
