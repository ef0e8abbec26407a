import { expect, test } from 'vitest'
import { progressWords } from '../../../src/cli/views/progress-words.ts'
import type { Action } from '../../../src/planner/action.ts'
import { containerSpec, toDesiredState } from '../../../src/planner/desired-state.ts'
import { containerIdOf } from '../../support/apply-plan.ts'
import { aNetwork, aProject, aService, aVolume, sha256Hex } from '../../support/model-builders.ts'
import { aPlan, aStep } from '../../support/plan-builders.ts'

const desired = toDesiredState(aProject([aService('web')]), {}, sha256Hex)
const container = desired.services.map(service => containerSpec(desired, service, 1))[0]
if (container === undefined) throw new Error('Cannot build a container')
const id = containerIdOf(1)
const name = 'shop-web-1'
const replicas = [{ service: 'web', number: 1 }]

const cases: ReadonlyArray<{ readonly action: Action; readonly words: readonly string[] }> = [
  {
    action: { kind: 'fetch-image', image: 'oci:x', policy: 'missing' },
    words: ['Image oci:x', 'Pulling', 'Pulled'],
  },
  {
    action: { kind: 'create-network', network: aNetwork('default'), configHash: '' },
    words: ['Network shop_default', 'Creating', 'Created'],
  },
  {
    action: { kind: 'remove-network', key: 'default', name: 'shop_default' },
    words: ['Network shop_default', 'Removing', 'Removed'],
  },
  {
    action: { kind: 'create-volume', volume: aVolume('data'), configHash: '' },
    words: ['Volume shop_data', 'Creating', 'Created'],
  },
  {
    action: { kind: 'remove-volume', key: 'data', name: 'shop_data' },
    words: ['Volume shop_data', 'Removing', 'Removed'],
  },
  {
    action: { kind: 'create-container', container, replaces: undefined },
    words: ['Container shop-web-1', 'Creating', 'Created'],
  },
  {
    action: { kind: 'create-container', container, replaces: id },
    words: ['Container shop-web-1', 'Recreate', 'Recreated'],
  },
  {
    action: { kind: 'run-pre-start', replica: { service: 'web', number: 0 }, name },
    words: ['Container shop-web-1', 'Running', 'Completed'],
  },
  {
    action: { kind: 'run-post-start', replica: { service: 'web', number: 1 }, name },
    words: ['Container shop-web-1', 'Running post_start', 'Started'],
  },
  {
    action: { kind: 'stop-container', id, name, grace: undefined },
    words: ['Container shop-web-1', 'Stopping', 'Stopped'],
  },
  {
    action: { kind: 'remove-container', id, name, anonymousVolumes: false },
    words: ['Container shop-web-1', 'Removing', 'Removed'],
  },
  {
    action: {
      kind: 'await-service',
      service: 'web',
      condition: 'service_completed_successfully',
      replicas,
      required: true,
    },
    words: ['Container shop-web-1', 'Waiting', 'Exited'],
  },
]
for (const { action, words } of cases) {
  test(`progressWords() says ${words[2]} of ${action.kind}`, () => {
    const [thing, doing, done] = words
    expect(progressWords(action, aPlan([]))).toEqual([{ thing, doing, done }])
  })
}

test('progressWords() finds the name that a container has of its own', () => {
  const start = aStep(1, { kind: 'start-container', replica: { service: 'web', number: 1 }, name: 'front' })
  const wait: Action = {
    kind: 'await-service',
    service: 'web',
    condition: 'service_healthy',
    replicas,
    required: true,
  }
  expect(progressWords(wait, aPlan([start]))[0]?.thing).toBe('Container front')
})
