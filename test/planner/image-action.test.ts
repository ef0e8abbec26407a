import { expect, test } from 'vitest'
import { isAboutImages } from '../../src/planner/image-action.ts'
import { aStart } from '../support/plan-builders.ts'

test('isAboutImages() is for what needs nothing of the project', () => {
  expect(isAboutImages({ kind: 'fetch-image', image: 'a', policy: 'missing' })).toBe(true)
  expect(isAboutImages(aStart(1, 'web').action)).toBe(false)
})
