import { expect, test } from 'vitest'
import { CoalescedTask } from '../../../../src/engine/local/apply/coalesced-task.ts'

test('CoalescedTask.run() gives callers of one moment a single run', async () => {
  let runs = 0
  const task = new CoalescedTask(async () => {
    runs += 1
  })
  await Promise.all([task.run(), task.run(), task.run()])
  expect(runs).toBe(1)
})

test('CoalescedTask.run() gives a caller that asks during a run another one', async () => {
  const seen: number[] = []
  let value = 0
  const task = new CoalescedTask(async () => {
    seen.push(value)
    if (value === 0) {
      value = 1
      void task.run()
    }
  })
  await task.run()
  await task.run()
  expect(seen).toEqual([0, 1])
})

test('CoalescedTask.run() rejects for the callers of a failed run and runs again for later ones', async () => {
  let fails = true
  const task = new CoalescedTask(async () => {
    if (fails) throw new Error('no')
  })
  await expect(task.run()).rejects.toThrow('no')
  fails = false
  await expect(task.run()).resolves.toBeUndefined()
})
