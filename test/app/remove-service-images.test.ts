import { expect, test } from 'vitest'
import { removeServiceImages, serviceImages } from '../../src/app/remove-service-images.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import type { ObservedState } from '../../src/model/observed-state.ts'
import type { Project } from '../../src/model/project.ts'
import { fakeImageStore } from '../support/fake-image-store.ts'
import { anObservedState, aProject, aService } from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'

const observed: ObservedState = anObservedState({
  containers: [
    anObservedContainer('web', { image: 'shop-web' }),
    anObservedContainer('gone', { image: 'redis:6' }),
  ],
})
const project: Project = aProject([
  aService('web', { image: `${observed.project}-web` }),
  aService('db', { image: 'postgres:16' }),
  aService('host', { image: 'rootfs:/' }),
])

function labels(scope: 'local' | 'all', services: readonly string[] = [], of: Project | undefined = project) {
  return serviceImages({ project: of, observed, services, scope }).map(({ reference }) => reference)
}

test('serviceImages() are with "local" those that the file does not name', () => {
  expect(labels('local')).toEqual([`${observed.project}-web`])
})

test('serviceImages() are with "all" those of the file and of what runs, but for files of this machine', () => {
  expect(labels('all')).toEqual(expect.arrayContaining(['postgres:16', 'redis:6', `${observed.project}-web`]))
  expect(labels('all')).not.toContain('rootfs:/')
})

test('serviceImages() keep to the services that are named', () => {
  expect(labels('all', ['db'])).toEqual(['postgres:16'])
})

test('serviceImages() are those of what runs where there is no file', () => {
  expect(serviceImages({ project: undefined, observed, services: [], scope: 'all' })).toHaveLength(2)
})

test('removeServiceImages() leaves what cannot be removed, with a warning', async () => {
  const store = fakeImageStore({
    remove: async ([image]) => {
      if (image?.reference === 'busy') throw new TcomposeError('image-in-use', 'Cannot remove image "busy"')
      return { untagged: [], deleted: [], leftovers: [], bytes: 0 }
    },
  })
  const images = ['busy', 'idle'].map(reference => ({ reference }))
  expect(await removeServiceImages({ images: store }, images)).toEqual({
    removed: ['idle'],
    warnings: ['Cannot remove image "busy"'],
  })
})
