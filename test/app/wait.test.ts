import { expect, test } from 'vitest'
import { type ContainerEnd, wait } from '../../src/app/wait.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'
import { aProjectRequest } from '../support/project-call.ts'

const containers = [
  anObservedContainer('db'),
  anObservedContainer('again', { state: { kind: 'restarting', exitCode: 1, finishedAt: 1 } }),
  anObservedContainer('stopped', {
    state: { kind: 'exited', exitCode: 0, finishedAt: 1, outOfMemory: false },
  }),
  anObservedContainer('frozen', { state: { kind: 'running', pid: 1, startedAt: 0, isPaused: true } }),
]
const idOf = (service: string) => containers.find(container => container.service === service)?.id ?? ''

function waitFor(
  services: readonly string[],
  codes: ReadonlyMap<string, Promise<number>>,
  onEnd: (count: number) => void = () => {},
) {
  const ends: ContainerEnd[] = []
  const context = memoryContext(
    { files: {} },
    {
      observe: async () => anObservedState({ containers }),
      containers: {
        ...memoryContext({ files: {} }).engine.containers,
        awaitEnd: async (_, id) => (await codes.get(id)) ?? 0,
      },
    },
  )
  const request = aProjectRequest({ projectName: 'shop' })
  const result = wait(context, request, { services, onEnd: end => onEnd(ends.push(end)) })
  return { ends, result }
}

test('wait() tells of each end as it comes, and of the last one at its end', async () => {
  const late = Promise.withResolvers<number>()
  const { ends, result } = waitFor(
    ['db', 'again', 'frozen', 'stopped'],
    new Map([
      [idOf('db'), late.promise],
      [idOf('again'), Promise.resolve(3)],
      [idOf('frozen'), Promise.resolve(4)],
    ]),
    count => count === 2 && late.resolve(7),
  )
  expect(await result).toEqual({ kind: 'ended', last: { id: idOf('db'), exitCode: 7 } })
  expect(ends.map(({ exitCode }) => exitCode).sort()).toEqual([3, 4, 7])
})

test('wait() fails where nothing of the services runs', async () => {
  await expect(waitFor(['stopped'], new Map()).result).rejects.toMatchObject({
    code: 'container-not-running',
  })
})
