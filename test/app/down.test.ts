import { expect, test } from 'vitest'
import { down } from '../../src/app/down.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import type { ClearedProject, Engine } from '../../src/engine/engine.ts'
import { memoryContext } from '../support/memory-context.ts'
import { aProjectRequest, runHooks } from '../support/project-call.ts'

const ORPHAN = { name: 'interface tcb-1', project: 'shop' } as const
const CLEARED: ClearedProject = { orphans: [{ ...ORPHAN, removed: true }], aside: '/data/shop.damaged' }

interface Attempt {
  readonly error: Error
  readonly services?: readonly string[]
  readonly cleared?: ClearedProject
}

/** Takes down `shop`, of which `error` is all that can be observed. */
async function attempt({ error, services = [], cleared = CLEARED }: Attempt) {
  const done: string[] = []
  const engine: Partial<Engine> = {
    lock: async name => {
      done.push(`lock ${name}`)
      return { [Symbol.asyncDispose]: async () => void done.push('unlock') }
    },
    observe: () => Promise.reject(error),
    clear: async name => {
      done.push(`clear ${name}`)
      return cleared
    },
  }
  const context = memoryContext({ files: {} }, engine)
  const options = { services, removeOrphans: false, timeout: undefined, volumes: true }
  const call = { request: aProjectRequest({ projectName: 'shop' }), options, hooks: runHooks() }
  const result = await down(context, call).catch((thrown: unknown) => thrown)
  return { result, done }
}

const DAMAGED = new TcomposeError('state-corrupt', 'Cannot read "project.json": it is no JSON')

test('down() clears a project whose record is damaged, under its lock, and says what it removed and kept', async () => {
  const { result, done } = await attempt({ error: DAMAGED })
  expect(done).toEqual(['lock shop', 'unlock', 'lock shop', 'clear shop', 'unlock'])
  expect(result).toMatchObject({
    kind: 'ran',
    project: 'shop',
    plan: {
      steps: [],
      warnings: [
        'The record of project shop is damaged; it was moved to "/data/shop.damaged"',
        'Removed by project name: interface tcb-1',
        'Volumes were kept: which of them belong to the project is unknown',
      ],
    },
  })
})

test('down() does not claim to have removed anything where nothing was found', async () => {
  const { result } = await attempt({ error: DAMAGED, cleared: { orphans: [], aside: '/data/aside' } })
  expect(result).toMatchObject({
    plan: { warnings: [expect.anything(), expect.stringContaining('Volumes')] },
  })
})

test('down() of some services leaves a project alone whose record is damaged', async () => {
  const { result, done } = await attempt({ error: DAMAGED, services: ['web'] })
  expect(result).toBe(DAMAGED)
  expect(done).toEqual(['lock shop', 'unlock'])
})

for (const error of [
  new TcomposeError('state-version', 'Cannot read "project.json": a later version wrote it'),
  new TcomposeError('not-root', 'Cannot work with containers'),
  new Error('a bug'),
]) {
  test(`down() clears nothing where it fails with "${error.message}"`, async () => {
    const { result, done } = await attempt({ error })
    expect(result).toBe(error)
    expect(done).toEqual(['lock shop', 'unlock'])
  })
}

test('down() fails where something of a damaged project could not be removed', async () => {
  const orphans = [
    { ...ORPHAN, removed: true },
    { ...ORPHAN, name: 'interface tcb-2', removed: false },
  ]
  const { result } = await attempt({ error: DAMAGED, cleared: { orphans, aside: undefined } })
  expect(result).toMatchObject({
    code: 'state-corrupt',
    message: 'Cannot take down project shop: interface tcb-2 cannot be removed',
  })
})
