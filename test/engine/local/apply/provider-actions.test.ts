import { expect, test } from 'vitest'
import { TcomposeError } from '../../../../src/base/tcompose-error.ts'
import type { ProviderRequest } from '../../../../src/engine/engine.ts'
import {
  removeProvider,
  startProvider,
  stopProvider,
} from '../../../../src/engine/local/apply/provider-actions.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { NO_VARIABLES } from '../../../../src/model/provider.ts'
import { applyScene } from '../../../support/apply-scene.ts'

const provider = { type: 'cloud', options: new Map([['size', ['2']]]) }
const of = { service: 'db', provider }
const variables = { prefixed: new Map([['URL', 'a']]), raw: new Map() }

function recorded(scene: ReturnType<typeof applyScene>) {
  const project = parseProjectName('shop')
  return new RecordStore(project, projectLayout(scene.roots, project)).record.providers?.get('db')
}

test('startProvider() has on record that the provider is asked before it is, and then what it said', async () => {
  const seen: unknown[] = []
  await using scene = applyScene({
    runProvider: async ({ beforeRun, command }: ProviderRequest) => {
      await beforeRun()
      seen.push(command, recorded(scene))
      return { variables, isKnown: true }
    },
  })
  await startProvider(scene.context, { kind: 'start-provider', ...of })
  expect(seen).toEqual(['up', { phase: 'creating', provider, variables: NO_VARIABLES }])
  expect(scene.store.record.providers?.get('db')).toEqual({ phase: 'created', provider, variables })
})

test('startProvider() records nothing of a program that cannot be run', async () => {
  await using scene = applyScene({
    runProvider: async () => {
      throw new TcomposeError('provider', 'no such program')
    },
  })
  await expect(startProvider(scene.context, { kind: 'start-provider', ...of })).rejects.toMatchObject({
    code: 'provider',
    origin: 'services.db.provider',
  })
  expect(scene.store.record.providers).toBeUndefined()
})

test('removeProvider() forgets a provider that has released what it made, and only then', async () => {
  let isRefusing = true
  await using scene = applyScene({
    runProvider: async ({ beforeRun }: ProviderRequest) => {
      await beforeRun()
      if (isRefusing) throw new TcomposeError('provider', 'busy')
      return { variables, isKnown: true }
    },
  })
  scene.store.setProvider('db', { phase: 'created', provider, variables })
  const removal = { kind: 'remove-provider', ...of } as const
  await expect(removeProvider(scene.context, removal)).rejects.toThrow('busy')
  expect(recorded(scene)).toEqual({ phase: 'removing', provider, variables })
  isRefusing = false
  await removeProvider(scene.context, removal)
  expect(scene.store.record.providers?.size).toBe(0)
})

test('stopProvider() leaves one that cannot be stopped', async () => {
  await using scene = applyScene({ runProvider: async () => ({ variables, isKnown: false }) })
  await stopProvider(scene.context, { kind: 'stop-provider', ...of })
  expect(scene.said).toEqual(['left: Running'])
})
