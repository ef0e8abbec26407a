import { expect, test } from 'vitest'
import { once } from '../../src/base/once.ts'

test('once() runs its task at the first call only, and fails each call alike', async () => {
  let runs = 0
  const run = once(async () => {
    runs += 1
    if (runs === 1) throw new Error('Cannot run')
  })
  expect(runs).toBe(0)
  await expect(run()).rejects.toThrow('Cannot run')
  await expect(run()).rejects.toThrow('Cannot run')
  expect(runs).toBe(1)
})
