import { expect, test } from 'vitest'
import { desiredOf, desiredWith } from '../../src/app/desired-of.ts'
import { aProject, aService } from '../support/model-builders.ts'

const OPTIONS = { services: [], noDeps: false, scale: new Map() }

test('desiredWith() works each project out, and the last one once', () => {
  const first = aProject([aService('web')])
  const second = aProject([aService('db')])
  const desired = desiredWith(OPTIONS)
  const known = desired(first)
  expect(known).toEqual(desiredOf(first, OPTIONS))
  expect(desired(first)).toBe(known)
  expect(desired(second)).toEqual(desiredOf(second, OPTIONS))
})
