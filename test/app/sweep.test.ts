import { expect, test } from 'vitest'
import { sweep } from '../../src/app/sweep.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { ObservedState } from '../../src/model/observed-state.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'
import { aProjectRequest, runHooks } from '../support/project-call.ts'
import { stepRecorder } from '../support/step-recorder.ts'

/** Returns the steps that `sweep` carries out. */
async function swept(observed: ObservedState): Promise<readonly string[]> {
  const { engine, steps } = stepRecorder(observed)
  const request = aProjectRequest({ projectName: 'shop' })
  const context = memoryContext({ files: {} }, engine)
  expect(await sweep(context, { request, options: {}, hooks: runHooks() })).toMatchObject({ kind: 'ran' })
  return steps
}

test('sweep() removes one-offs that were never finished, without the file, and nothing that runs', async () => {
  const slug = 'a'.repeat(64)
  const oneOffs = [
    anObservedContainer('web', { slug, name: 'shop-web-run-a', state: { kind: 'incomplete' } }),
    anObservedContainer('job', { slug, name: 'shop-job-run-b' }),
  ]
  const observed = anObservedState({ containers: [anObservedContainer('web')], oneOffs })
  expect(await swept(observed)).toEqual(['remove-container shop-web-run-a'])
})

test('sweep() carries nothing out for a project that has nothing any more', async () => {
  const engine: Partial<Engine> = {
    lockPresent: async () => undefined,
    observe: async () => anObservedState({}),
  }
  const request = aProjectRequest({ projectName: 'shop' })
  const context = memoryContext({ files: {} }, engine)
  const result = await sweep(context, { request, options: {}, hooks: runHooks() })
  expect(result).toMatchObject({ kind: 'ran', plan: { steps: [] }, report: { outcomes: new Map() } })
})
