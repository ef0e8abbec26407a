import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errnoNameOf } from '../../../src/base/errno-name-of.ts'
import { linkingWith } from '../../../src/disk/bulk/link-files.ts'
import { bytePath, nativePath } from '../../../src/disk/byte-path.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { IMPLEMENTATIONS } from './implementations.ts'

describe.each(IMPLEMENTATIONS)('linkFiles() $how', ({ calls }) => {
  const linkFiles = linkingWith(calls)

  test('makes a link to each file, and says of each why that failed', async () => {
    using folder = temporaryFolder()
    const [from, to] = [join(folder.path, 'from'), join(folder.path, 'to')]
    for (const path of [from, to, join(from, 'folder'), join(to, 'folder')]) mkdirSync(path)
    writeFileSync(join(from, 'folder/b'), 'b')
    for (const name of ['a', 'caf\xe9', 'there']) writeFileSync(nativePath(`${bytePath(from)}/${name}`), name)
    writeFileSync(join(to, 'there'), 'other')
    const paths = ['caf\xe9', 'absent', 'there', 'folder', 'a', 'folder/b', 'gone/b']
    expect((await linkFiles({ from, to, paths })).map(errnoNameOf)).toEqual([
      undefined,
      'ENOENT',
      'EEXIST',
      'EEXIST',
      undefined,
      undefined,
      'ENOENT',
    ])
    expect(statSync(join(to, 'folder/b')).ino).toBe(statSync(join(from, 'folder/b')).ino)
    expect(statSync(join(to, 'a')).ino).toBe(statSync(join(from, 'a')).ino)
    expect(readFileSync(nativePath(`${bytePath(to)}/caf\xe9`), 'latin1')).toBe('caf\xc3\xa9')
    expect(readFileSync(join(to, 'there'), 'utf8')).toBe('other')
  })

  test('makes none of no names', async () => {
    using folder = temporaryFolder()
    expect(await linkFiles({ from: folder.path, to: folder.path, paths: [] })).toEqual([])
  })
})
