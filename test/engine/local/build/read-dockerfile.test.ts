import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDockerfile } from '../../../../src/engine/local/build/read-dockerfile.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('readDockerfile() finds the file from the context, also outside of it', () => {
  using folder = temporaryFolder()
  const context = join(folder.path, 'context')
  mkdirSync(context)
  writeFileSync(join(folder.path, 'Dockerfile.dev'), 'FROM scratch\n')
  const path = join(folder.path, 'Dockerfile.dev')
  expect(readDockerfile({ kind: 'file', path: '../Dockerfile.dev' }, context)).toEqual({
    text: 'FROM scratch\n',
    file: path,
    path,
    inline: undefined,
  })
})

test('readDockerfile() names a file that does not exist', () => {
  using folder = temporaryFolder()
  expect(() => readDockerfile({ kind: 'file', path: 'No.Such' }, folder.path)).toThrow(
    expect.objectContaining({
      code: 'build-context',
      message: `Cannot read Dockerfile "${join(folder.path, 'No.Such')}": it does not exist`,
    }),
  )
})
