import { expect, test } from 'vitest'
import { findReplica } from '../../src/app/find-replica.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'
import { aProjectRequest } from '../support/project-call.ts'

const request = aProjectRequest({ projectName: 'shop' })
const context = memoryContext(
  { files: {} },
  { observe: async () => anObservedState({ containers: [anObservedContainer('web', { number: 2 })] }) },
)

test('findReplica() finds the container of a number', async () => {
  expect(await findReplica(context, request, { service: 'web', index: 2 })).toMatchObject({
    ...{ kind: 'found', project: 'shop' },
    container: { service: 'web', number: 2 },
  })
})

test('findReplica() refuses a number that no container has', async () => {
  await expect(findReplica(context, request, { service: 'web', index: 1 })).rejects.toMatchObject({
    code: 'container-not-running',
    hint: 'Its containers are numbered 2',
  })
})
