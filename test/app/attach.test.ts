import { expect, test } from 'vitest'
import { attach } from '../../src/app/attach.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'
import { aProjectRequest } from '../support/project-call.ts'

test('attach() joins the replica that is asked for, and signals reach it', async () => {
  const container = anObservedContainer('web', { number: 2 })
  const log: string[] = []
  const context = memoryContext(
    { files: {} },
    {
      observe: async () => anObservedState({ containers: [container] }),
      kill: async (_, id, signal) => void log.push(`${signal} ${id === container.id}`),
      containers: {
        ...memoryContext({ files: {} }).engine.containers,
        attach: async (_, id, { onAttached }) => {
          log.push(`attach ${id === container.id}`)
          onAttached()
          return { kind: 'exited', exitCode: 3 }
        },
      },
    },
  )
  const options = {
    ...{ service: 'web', streams: { stdin: 0, stdout: 1, stderr: 2 }, terminal: undefined, hasInput: true },
    detachKeys: [],
    onAttached: (signal: (name: string) => Promise<void>) => void signal('SIGHUP'),
  }
  const request = aProjectRequest({ projectName: 'shop' })
  expect(await attach(context, request, { ...options, index: 2 })).toEqual({
    kind: 'ended',
    end: { kind: 'exited', exitCode: 3 },
  })
  expect(log).toEqual(['attach true', 'SIGHUP true'])
  await expect(attach(context, request, { ...options, index: 1 })).rejects.toMatchObject({
    code: 'container-not-running',
  })
})
