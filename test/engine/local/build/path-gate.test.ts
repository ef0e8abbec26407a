import { expect, test } from 'vitest'
import { PathGate } from '../../../../src/engine/local/build/path-gate.ts'

test('PathGate.exclusive() waits for all who use paths, and holds up who comes meanwhile', async () => {
  const gate = new PathGate()
  const order: string[] = []
  const first = await gate.use()
  const second = await gate.use()
  const change = gate.exclusive(async () => void order.push('change'))
  const late = gate.use().then(hold => {
    order.push('late')
    return hold
  })
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  order.push('one left')
  second[Symbol.dispose]()
  await change
  ;(await late)[Symbol.dispose]()
  expect(order).toEqual(['one left', 'change', 'late'])
})

test('PathGate.exclusive() runs one change at a time, also behind one that fails', async () => {
  const gate = new PathGate()
  const order: string[] = []
  const failing = gate.exclusive(async () => {
    order.push('first')
    await Promise.resolve()
    order.push('first fails')
    throw new Error('disk')
  })
  const next = gate.exclusive(async () => void order.push('second'))
  await expect(failing).rejects.toThrow('disk')
  await next
  using _hold = await gate.use()
  expect(order).toEqual(['first', 'first fails', 'second'])
})
