import { expect, test } from 'vitest'
import { SERVICE_ATTRIBUTES } from '../../src/model/service.ts'

test('SERVICE_ATTRIBUTES names what makes no other container', () => {
  const free = Object.values(SERVICE_ATTRIBUTES).filter(({ isFixed }) => !isFixed)
  expect(free.map(({ key }) => key)).toEqual([
    'build',
    'pull_policy',
    'scale',
    'profiles',
    'depends_on',
    'depends_on',
    'attach',
    'models',
    'develop',
  ])
})

test('SERVICE_ATTRIBUTES calls no two attributes the same that make another container', () => {
  const keys = Object.values(SERVICE_ATTRIBUTES).flatMap(({ key, isFixed }) => (isFixed ? [key] : []))
  expect(new Set(keys).size).toBe(keys.length)
})
