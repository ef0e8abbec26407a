import { expect, test } from 'vitest'
import { lockStore, shareStore } from '../../src/store/store-lock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('lockStore() waits until nobody shares the store, and shareStore() until nobody has it alone', async () => {
  using root = temporaryFolder()
  const roots = { data: root.path, run: root.path }
  const order: string[] = []
  const first = await shareStore(roots)
  const second = await shareStore(roots)
  const alone = lockStore(roots).then(lock => {
    order.push('alone')
    return lock
  })
  first[Symbol.dispose]()
  order.push('one left')
  second[Symbol.dispose]()
  const lock = await alone
  const third = shareStore(roots).then(shared => {
    order.push('shared')
    return shared
  })
  order.push('let go')
  lock[Symbol.dispose]()
  const shared = await third
  shared[Symbol.dispose]()
  expect(order).toEqual(['one left', 'alone', 'let go', 'shared'])
})

test('lockStore() stops waiting when its signal aborts', async () => {
  using root = temporaryFolder()
  const roots = { data: root.path, run: root.path }
  using _shared = await shareStore(roots)
  const abort = new AbortController()
  const waiting = lockStore(roots, abort.signal)
  abort.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
})
