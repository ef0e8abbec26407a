import { expect, test } from 'vitest'
import { type WalkOutcome, walk } from '../../../../src/engine/local/apply/walk.ts'

const diamond = [
  { id: 1, dependsOn: [] },
  { id: 2, dependsOn: [1] },
  { id: 3, dependsOn: [1] },
  { id: 4, dependsOn: [2, 3] },
  { id: 5, dependsOn: [] },
]

const never = new AbortController().signal

async function outcomesOf(
  run: (id: number) => Promise<void>,
  signal = never,
): Promise<Map<number, WalkOutcome>> {
  return new Map(await walk(diamond, { run: ({ id }) => run(id), signal, onOutcome: () => undefined }))
}

test('walk() starts a node after all it depends on', async () => {
  const order: number[] = []
  await outcomesOf(async id => {
    order.push(id)
  })
  expect(order.indexOf(4)).toBeGreaterThan(Math.max(order.indexOf(2), order.indexOf(3)))
  expect(order.indexOf(2)).toBeGreaterThan(order.indexOf(1))
})

test('walk() skips what stands behind a failure, names the blocker, and runs the rest', async () => {
  const outcomes = await outcomesOf(async id => {
    if (id === 2) throw new Error('broken')
  })
  expect(outcomes.get(2)?.kind).toBe('failed')
  expect(outcomes.get(4)).toEqual({ kind: 'skipped', blockedBy: 2 })
  expect([1, 3, 5].map(id => outcomes.get(id)?.kind)).toEqual(['done', 'done', 'done'])
})

test('walk() begins nothing after its signal aborts and calls that cancelled', async () => {
  const controller = new AbortController()
  const outcomes = await outcomesOf(async id => {
    if (id === 1) controller.abort()
  }, controller.signal)
  expect([2, 3, 4].map(id => outcomes.get(id)?.kind)).toEqual(['cancelled', 'cancelled', 'cancelled'])
})

test('walk() reports a node when it is confirmed, and lets those behind it run before', async () => {
  const ran: number[] = []
  const reported: number[] = []
  const gone = Promise.withResolvers<void>()
  const outcomes = await walk(diamond, {
    signal: never,
    run: async ({ id }) => void ran.push(id),
    confirm: ({ id }) => (id === 1 ? gone.promise : undefined),
    onAllRun: () => {
      expect(ran).toHaveLength(5)
      expect(reported).not.toContain(1)
      gone.reject(new Error('it stays'))
    },
    onOutcome: ({ id }) => reported.push(id),
  })
  expect(outcomes.get(1)).toMatchObject({ kind: 'failed', error: { message: 'it stays' } })
  expect(outcomes.get(4)).toEqual({ kind: 'done' })
})

test('walk() reports a node that has nothing to confirm before those behind it begin', async () => {
  const events: string[] = []
  const chain = [
    { id: 1, dependsOn: [] },
    { id: 2, dependsOn: [1] },
  ]
  await walk(chain, {
    signal: never,
    run: async ({ id }) => void events.push(`begin ${id}`),
    confirm: () => undefined,
    onOutcome: ({ id }) => events.push(`end ${id}`),
  })
  expect(events).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
})

test('walk() counts a node as done that tolerates a failure before it, without running it', async () => {
  const ran: number[] = []
  const outcomes = await walk(diamond, {
    run: async ({ id }) => {
      ran.push(id)
      if (id === 1) throw new Error('broken')
    },
    signal: never,
    tolerates: ({ id }) => id === 2,
    onOutcome: () => undefined,
  })
  expect(outcomes.get(2)).toEqual({ kind: 'done' })
  expect(outcomes.get(3)).toEqual({ kind: 'skipped', blockedBy: 1 })
  expect(ran).toEqual([1, 5])
})

test('walk() reports each outcome once', async () => {
  const reported: number[] = []
  await walk(diamond, { run: async () => undefined, signal: never, onOutcome: ({ id }) => reported.push(id) })
  expect(reported.toSorted()).toEqual([1, 2, 3, 4, 5])
})
