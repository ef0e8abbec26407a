import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { hasOwnAccounts } from '../../../../src/engine/local/container/covers-accounts.ts'
import { aContainerSpec, CONTAINER_ID } from '../../../support/container-input.ts'

function hasOwn(targets: readonly string[], anonymous: readonly string[]): boolean {
  const tmpfs = { kind: 'tmpfs', size: undefined, mode: undefined, options: [] } as const
  const mounts = targets.map(target => ({
    ...tmpfs,
    target: parseAbsolutePath(target),
    origin: servicePath('web'),
  }))
  return hasOwnAccounts({
    id: CONTAINER_ID,
    phase: 'created',
    spec: aContainerSpec({ mounts }),
    imageId: undefined,
    createdAt: 0,
    command: [],
    anonymousVolumes: anonymous.map(target => ({ target, name: 'x' })),
  })
}

test('hasOwnAccounts() looks for mounts at the account file and its folder', () => {
  expect(hasOwn(['/srv', '/etc/passwd'], [])).toBe(true)
  expect(hasOwn(['/etc'], [])).toBe(true)
  expect(hasOwn([], ['/etc'])).toBe(true)
  expect(hasOwn(['/etc/group', '/'], ['/data'])).toBe(false)
})
