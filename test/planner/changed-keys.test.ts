import { expect, test } from 'vitest'
import { servicePath } from '../../src/base/model-path.ts'
import { changedKeys } from '../../src/planner/changed-keys.ts'
import { aDependency, aService, aVolumeMount } from '../support/model-builders.ts'

test('changedKeys() names the keys of the file, sorted', () => {
  const next = aService('web', { workingDir: '/app', mounts: [aVolumeMount('data')], image: 'oci:x' })
  expect(changedKeys(aService('web'), next)).toEqual(['image', 'volumes', 'working_dir'])
})

test('changedKeys() passes over what does not make another container', () => {
  const moved = { ...aVolumeMount('data'), origin: servicePath('web', 'volumes', 3) }
  const next = aService('web', {
    mounts: [moved],
    replicas: 3,
    attach: false,
    dependsOn: [aDependency('db')],
    profiles: ['p'],
  })
  expect(changedKeys(aService('web', { mounts: [aVolumeMount('data')] }), next)).toEqual([])
})
