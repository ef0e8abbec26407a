import { expect, test } from 'vitest'
import { tagsHint } from '../../src/registry/missing-tag.ts'

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
  test(`tagsHint() takes ${near.join(', ') || 'none'} for "${wanted}"`, () => {
    const names = near.map(tag => `"${tag}"`).join(' or ')
    const others = 'It has "7", "7.2", "7.2-alpine", "7.2.4", "7.4" and 4 more'
    expect(tagsHint(wanted, TAGS)).toBe(near.length === 0 ? others : `did you mean ${names}?`)
  })
}
