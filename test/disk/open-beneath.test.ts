import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openBeneath } from '../../src/disk/open-beneath.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const O_RDONLY = 0

describe('openBeneath()', () => {
  test('opens what lies below, whatever its bytes', () => {
    using root = temporaryFolder()
    mkdirSync(join(root.path, 'Fő'))
    writeFileSync(join(root.path, 'Fő/file'), 'text')
    using file = openBeneath(root.path, Buffer.from('Fő/file').toString('latin1'), O_RDONLY)
    expect(readFileSync(file.fd, 'utf8')).toBe('text')
  })

  for (const [path, errno] of [
    ['link', constants.errno.ELOOP],
    ['up/file', constants.errno.ELOOP],
    ['own/file', constants.errno.ELOOP],
    ['../outside', constants.errno.EXDEV],
    ['/etc', constants.errno.EXDEV],
    ['none', constants.errno.ENOENT],
  ] as const) {
    test(`refuses ${path}`, () => {
      using root = temporaryFolder()
      const tree = join(root.path, 'tree')
      mkdirSync(join(tree, 'folder'), { recursive: true })
      for (const file of ['outside', 'file', 'tree/folder/file']) writeFileSync(join(root.path, file), '')
      symlinkSync(join(root.path, 'outside'), join(tree, 'link'))
      symlinkSync('..', join(tree, 'up'))
      symlinkSync('folder', join(tree, 'own'))
      expect(() => openBeneath(tree, path, O_RDONLY)).toThrow(expect.objectContaining({ errno }))
    })
  }
})
