import { expect, test } from 'vitest'
import { withChildren } from '../../../../../src/engine/local/supervisor/health/with-children.ts'

test('withChildren() kills the children of the process that was launched, before the process itself', async () => {
  const heard: string[] = []
  const keeper = withChildren(
    {
      launch: async () => ({ pid: 7 }),
      signal: async (id, signal) => heard.push(`${id} ${signal}`),
      wait: async () => ({ status: 0 }),
    },
    parent => void heard.push(`children of ${parent}`),
  )
  await keeper.signal('probe', 9)
  await keeper.launch(Buffer.alloc(0))
  await keeper.signal('probe', 15)
  await keeper.signal('probe', 9)
  expect(heard).toEqual(['probe 9', 'probe 15', 'children of 7', 'probe 9'])
})
