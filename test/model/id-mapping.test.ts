import { expect, test } from 'vitest'
import { swappedIds } from '../../src/model/id-mapping.ts'

/** Returns how `id` is shown. */
function shown(mappings: ReturnType<typeof swappedIds>, id: number): number | undefined {
  const range = mappings.find(({ containerID, size }) => id >= containerID && id < containerID + size)
  return range && range.hostID + id - range.containerID
}

test.for<readonly [number, number]>([
  [1000, 0],
  [0, 1000],
  [1000, 1001],
  [5, 5],
  [0, 2 ** 32 - 2],
])('swappedIds(%d, %d) swaps the two and leaves all others', ([stored, visible]) => {
  const mappings = swappedIds(stored, visible)
  expect(shown(mappings, stored)).toBe(visible)
  expect(shown(mappings, visible)).toBe(stored)
  for (const other of [1, 7, 999, 1002, 70_000, 2 ** 32 - 3]) expect(shown(mappings, other)).toBe(other)
  expect(mappings.reduce((sum, { size }) => sum + size, 0)).toBe(2 ** 32 - 1)
})
