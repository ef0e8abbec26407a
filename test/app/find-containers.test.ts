import { expect, test } from 'vitest'
import { findContainers } from '../../src/app/find-containers.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'
import { aProjectRequest } from '../support/project-call.ts'

const COMPOSE = 'name: shop\nservices: {web: {image: a}, db: {image: a}}\n'
const containers = [
  anObservedContainer('web', { number: 10, name: 'shop-web-10' }),
  anObservedContainer('web', { number: 9, name: 'shop-web-9' }),
  anObservedContainer('db', { number: 11, name: 'shop-db-11' }),
]
const context = memoryContext(
  { files: { 'compose.yaml': COMPOSE } },
  { observe: async () => anObservedState({ containers }) },
)

test('findContainers() sorts by service and number, and names the services of the file', async () => {
  const found = await findContainers(context, aProjectRequest())
  if (found.kind === 'invalid') throw new Error('the file is good')
  expect(found.containers.map(({ name }) => name)).toEqual(['shop-db-11', 'shop-web-9', 'shop-web-10'])
  expect(found.services?.toSorted()).toEqual(['db', 'web'])
})

test('findContainers() knows of no services where no file is read', async () => {
  const found = await findContainers(context, aProjectRequest({ projectName: 'shop' }))
  expect(found).toMatchObject({ kind: 'found', project: 'shop', services: undefined })
})
