import { expect, test } from 'vitest'
import { Semaphore } from '../../src/base/semaphore.ts'

test('Semaphore.tryTake() takes a turn that is free, and gives it to who waits when it is disposed of', async () => {
  const semaphore = new Semaphore(1)
  const taken = semaphore.tryTake()
  expect(taken).toBeDefined()
  expect(semaphore.tryTake()).toBeUndefined()
  const order: string[] = []
  const running = semaphore.run(async () => void order.push('ran'))
  order.push('waits')
  taken?.[Symbol.dispose]()
  expect(semaphore.tryTake()).toBeUndefined()
  await running
  expect(order).toEqual(['waits', 'ran'])
  expect(semaphore.tryTake()).toBeDefined()
})
