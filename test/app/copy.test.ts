import { expect, test } from 'vitest'
import { copy } from '../../src/app/copy.ts'
import { exportContainer } from '../../src/app/export-container.ts'
import type { FileCopy } from '../../src/engine/engine.ts'
import type { ContainerState } from '../../src/model/observed-state.ts'
import { containerIdOf } from '../support/apply-plan.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'
import { aProjectRequest } from '../support/project-call.ts'

const RUNNING: ContainerState = { kind: 'running', pid: 1, startedAt: 0 }
const containers = [
  anObservedContainer('web', {
    number: 2,
    id: containerIdOf(2),
    name: 'shop-web-2',
    state: { kind: 'created' },
  }),
  anObservedContainer('web', { number: 1, id: containerIdOf(1), name: 'shop-web-1', state: RUNNING }),
  anObservedContainer('web', {
    number: 3,
    id: containerIdOf(3),
    name: 'shop-web-3',
    state: { kind: 'incomplete' },
  }),
]
const oneOffs = [
  anObservedContainer('web', { number: 1, id: containerIdOf(7), name: 'shop-web-run-7', state: RUNNING }),
]
const LOCK = { command: 'tcompose cp', signal: new AbortController().signal, onWait: () => {} }

function scene() {
  const log: string[] = []
  const nameOf = (id: string) => [...containers, ...oneOffs].find(container => container.id === id)?.name
  const context = memoryContext(
    { files: {} },
    {
      observe: async () => ({ ...anObservedState({ containers }), oneOffs }),
      lock: async () => {
        log.push('lock')
        return { [Symbol.asyncDispose]: async () => void log.push('unlock') }
      },
      containers: {
        ...memoryContext({ files: {} }).engine.containers,
        copy: async (_, id, { from, to }) =>
          void log.push(`${nameOf(id)} ${'path' in from ? from.path : '-'} ${'path' in to ? to.path : '-'}`),
        export: async (_, id) => void log.push(`export ${nameOf(id)}`),
      },
    },
  )
  return { log, context, request: aProjectRequest({ projectName: 'shop' }) }
}

async function copied(ends: Pick<FileCopy, 'from' | 'to'>, index?: number, withOneOffs = false) {
  const { log, context, request } = scene()
  const options = { followsLink: false, keepsOwner: false, signal: LOCK.signal, ...ends }
  await copy(context, request, {
    service: 'web',
    index,
    withOneOffs,
    copy: options,
    lock: LOCK,
    onCopied: () => {},
  })
  return log
}

test('copy() copies out of the first container, and resolves paths of the caller by the working directory', async () => {
  expect(await copied({ from: { kind: 'container', path: '/a' }, to: { kind: 'host', path: 'x/' } })).toEqual(
    ['shop-web-1 /a /project/x/'],
  )
})

test('copy() copies into each container, into one that does not run under the lock of the project', async () => {
  expect(await copied({ from: { kind: 'host', path: '/x' }, to: { kind: 'container', path: '/a' } })).toEqual(
    ['shop-web-1 /x /a', 'lock', 'shop-web-2 /x /a', 'unlock'],
  )
})

test('copy() counts what "run" has made only if asked to', async () => {
  const ends = { from: { kind: 'host', path: '/x' }, to: { kind: 'container', path: '/a' } } as const
  expect((await copied(ends, undefined, true)).at(-1)).toBe('shop-web-run-7 /x /a')
})

test('copy() takes the replica that is asked for', async () => {
  const ends = { from: { kind: 'host', path: '/x' }, to: { kind: 'container', path: '/a' } } as const
  expect(await copied(ends, 1)).toEqual(['shop-web-1 /x /a'])
  await expect(copied(ends, 9)).rejects.toMatchObject({ code: 'container-not-running' })
})

test('exportContainer() locks the project of a container that does not run', async () => {
  const { log, context, request } = scene()
  await exportContainer(context, request, { service: 'web', index: 2, write: async () => {}, lock: LOCK })
  expect(log).toEqual(['lock', 'export shop-web-2', 'unlock'])
})
