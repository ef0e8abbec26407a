import { expect, test } from 'vitest'
import { stats } from '../../src/app/stats.ts'
import type { ContainerUsage } from '../../src/engine/engine.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'
import { aProjectRequest } from '../support/project-call.ts'

const USAGE: ContainerUsage = {
  ...{ takenAtNs: 0, cpuNs: 0, memoryBytes: 0, memoryLimitBytes: 0, pids: 0 },
  ...{ network: { received: 0, sent: 0 }, block: { read: 0, written: 0 } },
}

async function namesOf(services: readonly string[], all: boolean): Promise<readonly string[]> {
  const containers = [anObservedContainer('web'), anObservedContainer('ended'), anObservedContainer('db')]
  const ended = containers[1]?.id
  const context = memoryContext(
    { files: {} },
    {
      observe: async () => anObservedState({ containers }),
      containers: {
        ...memoryContext({ files: {} }).engine.containers,
        usage: async (_, id) => (id === ended ? undefined : USAGE),
      },
    },
  )
  const found = await stats(context, aProjectRequest({ projectName: 'shop' }), { services, all })
  if (found.kind === 'invalid') return ['invalid']
  return (await found.sample()).map(({ container }) => container.name)
}

test('stats() measures what runs, by name, and with all what does not too', async () => {
  expect(await namesOf([], false)).toEqual(['shop-db-1', 'shop-web-1'])
  expect(await namesOf([], true)).toEqual(['shop-db-1', 'shop-ended-1', 'shop-web-1'])
  expect(await namesOf(['web'], true)).toEqual(['shop-web-1'])
})
