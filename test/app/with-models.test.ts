import { expect, test } from 'vitest'
import { desiredOf } from '../../src/app/desired-of.ts'
import { loadRequested } from '../../src/app/find-project.ts'
import type { ModelPort } from '../../src/app/model-port.ts'
import { withModels } from '../../src/app/with-models.ts'
import { memoryContext } from '../support/memory-context.ts'
import { aProjectRequest } from '../support/project-call.ts'

const FILE = `services:
  chat: {image: alpine, models: [llm]}
  plain: {image: alpine}
models:
  llm: {model: ai/llm}
  unused: {model: ai/unused}
`

async function modelled(find: ModelPort['find'], services: readonly string[] = []) {
  const context = {
    ...memoryContext({ files: { 'compose.yaml': FILE } }),
    models: { find, prepare: async () => {} },
  }
  const request = aProjectRequest()
  const { project } = await loadRequested(context, request)
  if (project === undefined) throw new Error('Cannot load the project')
  const desired = desiredOf(project, { services, noDeps: false, scale: new Map() })
  return await withModels(context, { request, project, desired })
}

test('withModels() gives services the address and the name of their models, and names those that are served', async () => {
  const asked: string[] = []
  const result = await modelled(async ({ reference }) => {
    asked.push(reference)
    return { kind: 'served', endpoint: 'http://a', name: reference }
  })
  expect(asked).toEqual(['ai/llm'])
  expect(result).toMatchObject({ kind: 'found', served: [{ key: 'llm' }] })
  const services = result.kind === 'found' ? result.project.services : new Map()
  expect(services.get('chat')?.environment).toEqual(
    new Map([
      ['LLM_URL', 'http://a'],
      ['LLM_MODEL', 'ai/llm'],
    ]),
  )
  expect(services.get('plain')?.environment.size).toBe(0)
})

test('withModels() names each model that is nowhere, with its place, and asks for none that is not used', async () => {
  const find = async () => ({ kind: 'missing', reason: 'gone', hint: 'find it', notes: ['here'] }) as const
  expect(await modelled(find)).toMatchObject({
    kind: 'missing',
    errors: [{ code: 'model', message: 'Cannot use model "llm" (ai/llm): gone', origin: 'models.llm' }],
  })
  expect(await modelled(find, ['plain'])).toMatchObject({ kind: 'found', served: [] })
})
