import { expect, test } from 'vitest'
import { imageProblems } from '../../../../src/engine/local/image/image-problems.ts'
import { knownImages } from '../../../../src/engine/local/image/known-images.ts'
import type { Service } from '../../../../src/model/service.ts'
import type { Action } from '../../../../src/planner/action.ts'
import { aBuildConfig } from '../../../support/build-config.ts'
import { aContainerSpec } from '../../../support/container-input.ts'
import { aPlan, aStep } from '../../../support/plan-builders.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const IMAGE = 'registry.test/app:1'

const creation = (service: string, changes: Partial<Service> = {}): Action => ({
  kind: 'create-container',
  container: { ...aContainerSpec({ image: IMAGE, ...changes }), service },
  replaces: undefined,
})
const fetching: Action = { kind: 'fetch-image', image: IMAGE, policy: 'missing' }

/** On a machine without an image. */
function problems(...actions: readonly Action[]): readonly string[] {
  using folder = temporaryFolder()
  const plan = aPlan(actions.map((action, index) => aStep(index + 1, action)))
  const roots = { data: folder.path, run: folder.path }
  const found = imageProblems(roots, plan, knownImages(roots))
  return found.map(({ code, origin }) => `${code} ${origin}`)
}

test('imageProblems() finds no fault with an image that a step of the plan gets', () => {
  expect(problems(fetching, creation('web'))).toEqual([])
})

test('imageProblems() names each service whose image is not there and is not got, at what forbids it', () => {
  const never: Partial<Service> = { pullPolicy: { kind: 'never' } }
  expect(problems(creation('web'), creation('db', never))).toEqual([
    'image-not-found services.web.image',
    'image-not-found services.db.pull_policy',
  ])
})

test('imageProblems() names a service whose image is neither there nor built by the plan', () => {
  const build = aBuildConfig()
  const building: Action = {
    kind: 'build-image',
    build: { service: 'web', image: IMAGE, platform: undefined, config: build },
  }
  expect(problems(creation('web', { build }))).toEqual(['image-not-found services.web.build'])
  expect(problems(building, creation('web', { build }))).toEqual([])
})

test('imageProblems() names a service once, whatever the number of its containers', () => {
  expect(problems(creation('web'), creation('web'))).toEqual(['image-not-found services.web.image'])
})

test('imageProblems() finds no fault with a folder of the machine', () => {
  expect(problems(creation('web', { image: 'rootfs:/' }))).toEqual([])
})
