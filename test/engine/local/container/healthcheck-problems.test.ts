import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { servicePath } from '../../../../src/base/model-path.ts'
import {
  healthcheckProblems,
  imagesAtHand,
} from '../../../../src/engine/local/container/healthcheck-problems.ts'
import { knownImages } from '../../../../src/engine/local/image/known-images.ts'
import type { Roots } from '../../../../src/engine/local/state/layout.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import type { Service } from '../../../../src/model/service.ts'
import type { Action } from '../../../../src/planner/action.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { archiveOf, load, recordContainer } from '../../../support/image-store.ts'
import { aPlan, aStep } from '../../../support/plan-builders.ts'
import { tarArchive } from '../../../support/tar-archive.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const PLAIN = 'registry.test/plain:1'
const CHECKED = 'registry.test/checked:1'
const NOT_THERE = 'registry.test/none:1'

const folder = temporaryFolder()
const roots: Roots = { data: join(folder.path, 'data'), run: folder.path }
beforeAll(async () => {
  const layers = [await tarArchive([{ name: 'a', content: 'a' }])]
  const config = { Healthcheck: { Test: ['CMD', 'true'] } }
  const [plain] = await load(roots, archiveOf(folder.path, [{ layers, tag: PLAIN }]))
  await load(roots, archiveOf(folder.path, [{ layers, tag: CHECKED, config }]))
  await recordContainer(roots, { project: 'runs', name: 'runs-web-1', image: PLAIN, imageId: plain?.id })
})
afterAll(() => folder[Symbol.dispose]())

const CHECK: Service['healthcheck'] = {
  test: { kind: 'exec', argv: ['true'] },
  interval: undefined,
  timeout: undefined,
  retries: undefined,
  startPeriod: undefined,
  startInterval: undefined,
}
const creation = (service: Partial<Service>): Action => ({
  kind: 'create-container',
  container: aContainerSpec(service),
  replaces: undefined,
})
const gate: Extract<Action, { kind: 'await-service' }> = {
  kind: 'await-service',
  service: 'web',
  condition: 'service_healthy',
  required: true,
  replicas: [{ service: 'web', number: 1 }],
}

function problems(actions: readonly Action[], project = 'shop'): readonly string[] {
  const steps = actions.map((action, index) => ({
    ...aStep(index + 1, action),
    origin: servicePath(action.kind),
  }))
  const plan = aPlan(steps)
  const images = knownImages(roots)
  const question = { roots, project: parseProjectName(project), images, isKnown: imagesAtHand(plan) }
  return healthcheckProblems(plan, question).map(
    ({ code, message, origin }) => `${code} ${origin} ${message}`,
  )
}

const none = (reason: string) => [
  `no-healthcheck services.await-service Cannot wait for service "web" to be healthy: ${reason}`,
]

describe('healthcheckProblems()', () => {
  test('finds no fault with a check of the file or of the image', () => {
    expect(problems([creation({ image: PLAIN, healthcheck: CHECK }), gate])).toEqual([])
    expect(problems([creation({ image: CHECKED }), gate])).toEqual([])
    const unset = { ...CHECK, test: undefined }
    expect(problems([creation({ image: CHECKED, healthcheck: unset }), gate])).toEqual([])
  })

  test('names a service whose image and file have none, at the place of the gate', () => {
    expect(problems([creation({ image: PLAIN }), gate])).toEqual(
      none('neither the file nor its image has a health check'),
    )
  })

  test('names a service whose file disables the check, whatever its image says and wherever it is', () => {
    const disabled = { ...CHECK, test: { kind: 'none' } } as const
    for (const image of [CHECKED, NOT_THERE])
      expect(problems([creation({ image, healthcheck: disabled }), gate])).toEqual(
        none('its health check is disabled'),
      )
  })

  test('leaves an image that a step gets for later, and knows it then', () => {
    const fetch: Action = { kind: 'fetch-image', image: PLAIN, policy: 'always' }
    const actions = [fetch, creation({ image: PLAIN }), gate]
    expect(problems(actions)).toEqual([])
    const plan = aPlan(actions.map((action, index) => aStep(index + 1, action)))
    const images = knownImages(roots)
    const question = { roots, project: parseProjectName('shop'), images, isKnown: () => true }
    expect(healthcheckProblems(plan, question)).toHaveLength(1)
    expect(problems([creation({ image: NOT_THERE }), gate])).toEqual([])
  })

  test('looks at the container that is there where the plan makes none', () => {
    expect(problems([gate], 'runs')).toEqual(none('neither the file nor its image has a health check'))
    expect(problems([gate], 'absent')).toEqual([])
  })

  test('leaves other conditions and optional dependencies alone', () => {
    for (const other of [{ ...gate, required: false }, { ...gate, condition: 'service_started' } as const])
      expect(problems([creation({ image: PLAIN }), other])).toEqual([])
  })
})
