import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { readSecrets } from '../../../../src/engine/local/build/read-secrets.ts'
import type { BuildSecret } from '../../../../src/model/build.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function aSecret(source: BuildSecret['source']): BuildSecret {
  const origin = servicePath('web', 'build', 'secrets', 0)
  return { id: 'token', source, uid: undefined, gid: 7, mode: 0o400, origin }
}

test('readSecrets() reads files and variables', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'token')
  writeFileSync(path, 'from file')
  const read = (source: BuildSecret['source']) =>
    readSecrets([aSecret(source)], new Map([['T', 'from variable']]))
  expect(read({ kind: 'file', path: parseAbsolutePath(path) })).toEqual(
    new Map([['token', { content: Buffer.from('from file'), uid: undefined, gid: 7, mode: 0o400 }]]),
  )
  expect(read({ kind: 'environment', variable: 'T' }).get('token')?.content).toEqual(
    Buffer.from('from variable'),
  )
  expect(read({ kind: 'environment', variable: 'T', value: 'known' }).get('token')?.content).toEqual(
    Buffer.from('known'),
  )
  expect(read({ kind: 'environment', variable: 'UNSET' })).toEqual(new Map())
})

test('readSecrets() says where a secret is declared whose file is not there', () => {
  const source = { kind: 'file', path: parseAbsolutePath('/nowhere/token') } as const
  expect(() => readSecrets([aSecret(source)], new Map())).toThrow(
    expect.objectContaining({
      code: 'build-secret',
      message: 'Cannot read secret "token" from /nowhere/token: it does not exist',
      origin: servicePath('web', 'build', 'secrets', 0),
    }),
  )
})
