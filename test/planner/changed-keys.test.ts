import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { servicePath } from '../../src/base/model-path.ts'
import { changedKeys } from '../../src/planner/changed-keys.ts'
import { aDependency, aFile, aService, aVolumeMount } from '../support/model-builders.ts'

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

test('changedKeys() names the secrets and configs whose content or place changed', () => {
  const files = [aFile('secret', 'a'), aFile('secret', 'b'), aFile('config', 'a'), aFile('config', 'gone')]
  const next = [
    aFile('config', 'a'),
    aFile('secret', 'new'),
    aFile('secret', 'a', { digest: 'other' }),
    aFile('secret', 'b', {
      source: { kind: 'external', name: 'b' },
      origin: servicePath('web', 'secrets', 7),
    }),
  ]
  expect(changedKeys(aService('web', { files }), aService('web', { files: next }))).toEqual([
    'config "gone"',
    'secret "a"',
    'secret "new"',
  ])
  const moved = [aFile('secret', 'a'), aFile('secret', 'a', { target: parseAbsolutePath('/a') })]
  expect(
    changedKeys(aService('web', { files: [aFile('secret', 'a')] }), aService('web', { files: moved })),
  ).toEqual(['secret "a"'])
})

test('changedKeys() passes over the order of secrets and configs', () => {
  const files = [aFile('secret', 'a'), aFile('secret', 'b')]
  expect(changedKeys(aService('web', { files }), aService('web', { files: files.toReversed() }))).toEqual([])
})
