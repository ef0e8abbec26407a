import { expect, test } from 'vitest'
import { MASKED_PATHS, maskSteps, READ_ONLY_PATHS } from '../../../src/engine/container/masked-paths.ts'

test('maskSteps() passes over what the kernel does not have', () => {
  expect(maskSteps().every(({ optional }) => optional)).toBe(true)
})

test('maskSteps() hides and write-protects each path once', () => {
  const paths = maskSteps().map(({ op }) => ('path' in op ? `${op.op} ${op.path}` : op.op))
  expect(paths).toEqual([
    ...MASKED_PATHS.map(path => `mask-path ${path}`),
    ...READ_ONLY_PATHS.map(path => `read-only-path ${path}`),
  ])
  expect(paths).toContain('mask-path /proc/kcore')
  expect(paths).toContain('read-only-path /proc/sys')
})
