import { expect, test } from 'vitest'
import { callerOf } from '../../src/app/caller-of.ts'

test.for<readonly [Readonly<Record<string, string>>, ReturnType<typeof callerOf>]>([
  [{}, undefined],
  [
    { SUDO_UID: '1000', SUDO_GID: '1001' },
    { uid: 1000, gid: 1001 },
  ],
  [{ SUDO_UID: '1000' }, undefined],
  [{ SUDO_UID: 'me', SUDO_GID: '0' }, undefined],
])('callerOf(%j) is %j', ([environment, caller]) => {
  expect(callerOf(new Map(Object.entries(environment)))).toEqual(caller)
})
