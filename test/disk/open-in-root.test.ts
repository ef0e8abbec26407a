import { closeSync, constants, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openBelow, openInRoot } from '../../src/disk/open-in-root.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('openInRoot() follows links within the root, and none leads out of it', () => {
  using outside = temporaryFolder()
  const root = join(outside.path, 'root')
  mkdirSync(join(root, 'etc'), { recursive: true })
  writeFileSync(join(root, 'etc/name'), 'inside')
  writeFileSync(join(outside.path, 'marker'), 'outside')
  symlinkSync('/etc/name', join(root, 'absolute'))
  symlinkSync('../../../etc/name', join(root, 'etc/climbing'))
  symlinkSync(join(outside.path, 'marker'), join(root, 'out'))
  const fd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    for (const path of ['/absolute', 'etc/climbing', '/../../etc/name']) {
      using file = openInRoot(fd, path, constants.O_RDONLY)
      expect(readFileSync(file.fd, 'utf8')).toBe('inside')
    }
    for (const path of ['out', '/../marker']) {
      expect(() => openInRoot(fd, path, constants.O_RDONLY)).toThrow(
        expect.objectContaining({ errnoName: 'ENOENT' }),
      )
    }
    expect(() => openBelow(fd, 'absolute', constants.O_RDONLY)).toThrow(
      expect.objectContaining({ errnoName: 'ELOOP' }),
    )
    expect(() => openBelow(fd, 'etc/../../marker', constants.O_RDONLY)).toThrow(
      expect.objectContaining({ errnoName: 'EXDEV' }),
    )
  } finally {
    closeSync(fd)
  }
})
