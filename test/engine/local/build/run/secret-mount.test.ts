import { expect, test } from 'vitest'
import { secretParts } from '../../../../../src/engine/local/build/run/secret-mount.ts'
import { SPAN } from '../../../../support/build-session.ts'

const mount = {
  kind: 'secret',
  span: SPAN,
  id: 'key',
  target: '/run/secrets/key',
  variable: 'KEY',
  isRequired: false,
  uid: undefined,
  gid: undefined,
  mode: undefined,
} as const
const content = Buffer.from('hush')

test('secretParts() has an empty variable and no file for a secret that is missing', () => {
  expect(secretParts(mount, undefined)).toEqual({ mounts: [], environment: ['KEY='] })
})

test('secretParts() has a variable alone where no file is wanted', () => {
  expect(secretParts({ ...mount, target: undefined }, { content })).toEqual({
    mounts: [],
    environment: ['KEY=hush'],
  })
})

test('secretParts() takes owner and mode of the mount, of the secret, or those of root', () => {
  const fileOf = (...args: Parameters<typeof secretParts>) => secretParts(...args).mounts[0]?.extras.files
  expect(fileOf(mount, { content })).toEqual({ kind: 'content', content, mode: 0o400, uid: 0, gid: 0 })
  const owned = { content, mode: 0o600, uid: 1, gid: 2 }
  expect(fileOf(mount, owned)).toMatchObject({ mode: 0o600, uid: 1, gid: 2 })
  expect(fileOf({ ...mount, mode: 0o440, uid: 3 }, owned)).toMatchObject({ mode: 0o440, uid: 3, gid: 2 })
})

test('secretParts() refuses a required secret that is missing, and a variable with a NUL byte', () => {
  expect(() => secretParts({ ...mount, isRequired: true }, undefined)).toThrow(
    expect.objectContaining({
      code: 'build-secret',
      span: SPAN,
      message: 'Cannot mount secret "key": it is not given',
    }),
  )
  expect(() => secretParts(mount, { content: Buffer.from('a\0b') })).toThrow(
    expect.objectContaining({
      code: 'build-secret',
      message: expect.stringMatching(/^Cannot set KEY .* NUL byte/),
    }),
  )
})
