import { expect, test } from 'vitest'
import { pause } from '../../src/app/pause.ts'
import { unpause } from '../../src/app/unpause.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'
import { aProjectRequest } from '../support/project-call.ts'

const containers = [
  anObservedContainer('db', { state: { kind: 'exited', exitCode: 0, finishedAt: 1, outOfMemory: false } }),
  anObservedContainer('web', { state: { kind: 'running', pid: 1, startedAt: 0 } }),
  anObservedContainer('work', { state: { kind: 'running', pid: 2, startedAt: 0, isPaused: true } }),
]

test('pause() and unpause() ask it of each that has a process, and tell whose state forbids it', async () => {
  const forbidden = new TcomposeError('pause', 'Cannot do it')
  const ask = (refused: string) => async (_: string, id: string) => {
    if (containers.find(container => container.id === id)?.service === refused) throw forbidden
  }
  const context = memoryContext(
    { files: {} },
    {
      observe: async () => anObservedState({ containers }),
      containers: {
        ...memoryContext({ files: {} }).engine.containers,
        pause: ask('work'),
        unpause: ask('web'),
      },
    },
  )
  const request = aProjectRequest({ projectName: 'shop' })
  expect(await pause(context, request, { services: [] })).toEqual({
    kind: 'done',
    names: ['shop-web-1'],
    errors: [forbidden],
  })
  expect(await unpause(context, request, { services: ['work'] })).toEqual({
    kind: 'done',
    names: ['shop-work-1'],
    errors: [],
  })
})
