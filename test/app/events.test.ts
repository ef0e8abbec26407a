import { expect, test } from 'vitest'
import { events } from '../../src/app/events.ts'
import type { ContainerEvent } from '../../src/engine/engine.ts'
import { containerIdOf } from '../support/apply-plan.ts'
import { memoryContext } from '../support/memory-context.ts'
import { aProjectRequest } from '../support/project-call.ts'

const eventOf = (service: string): ContainerEvent => ({
  ...{ time: 1, action: 'start', id: containerIdOf(1), service, attributes: new Map() },
})

test('events() passes on those of the services that are named', async () => {
  const context = memoryContext(
    { files: {} },
    {
      containers: {
        ...memoryContext({ files: {} }).engine.containers,
        events: async function* () {
          yield* ['web', 'db', 'web'].map(eventOf)
        },
      },
    },
  )
  const signal = new AbortController().signal
  const servicesOf = async (...services: readonly string[]) => {
    const found = await events(context, aProjectRequest({ projectName: 'shop' }), { services, signal })
    const told: string[] = []
    if (found.kind === 'found') for await (const { service } of found.events) told.push(service)
    return told
  }
  expect(await servicesOf('web')).toEqual(['web', 'web'])
  expect(await servicesOf()).toEqual(['web', 'db', 'web'])
})
