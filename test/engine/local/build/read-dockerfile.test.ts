import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
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
  expect(
    readDockerfile({ kind: 'file', path: '../Dockerfile.dev' }, { path: context, isRemote: false }),
  ).toEqual({
    text: 'FROM scratch\n',
    file: path,
    path,
    inline: undefined,
  })
})

test('readDockerfile() names a file that does not exist', () => {
  using folder = temporaryFolder()
  expect(() =>
    readDockerfile({ kind: 'file', path: 'No.Such' }, { path: folder.path, isRemote: false }),
  ).toThrow(
    expect.objectContaining({
      code: 'build-context',
      message: `Cannot read Dockerfile "${join(folder.path, 'No.Such')}": it does not exist`,
    }),
  )
})

test('readDockerfile() follows no link out of a context that was fetched', () => {
  using folder = temporaryFolder()
  const context = join(folder.path, 'context')
  mkdirSync(context)
  writeFileSync(join(folder.path, 'secret'), 'token\n')
  writeFileSync(join(context, 'real'), 'FROM scratch\n')
  symlinkSync('../secret', join(context, 'out'))
  symlinkSync('real', join(context, 'Dockerfile'))
  const read = (path: string) => readDockerfile({ kind: 'file', path }, { path: context, isRemote: true })
  expect(read('Dockerfile').text).toBe('FROM scratch\n')
  for (const path of ['out', '../secret'])
    expect(() => read(path)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('leads out') }),
    )
})
