import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { servicePath } from '../../../../src/base/model-path.ts'
import { isFileInVolume } from '../../../../src/engine/local/volume/volume-subpath.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const origin = servicePath('web', 'volumes', 0)

function volume(path: string): string {
  mkdirSync(join(path, 'sub/deep'), { recursive: true })
  writeFileSync(join(path, 'sub/file'), '')
  symlinkSync('sub', join(path, 'link'))
  return path
}

for (const { subpath, isFile } of [
  { subpath: 'sub', isFile: false },
  { subpath: 'sub/deep', isFile: false },
  { subpath: 'sub/file', isFile: true },
]) {
  test(`isFileInVolume() takes ${subpath} for a ${isFile ? 'file' : 'folder'}`, () => {
    using folder = temporaryFolder()
    expect(isFileInVolume(volume(folder.path), { volume: 'data', subpath, origin })).toBe(isFile)
  })
}

for (const { subpath, reason } of [
  { subpath: 'none', reason: 'the volume has no such folder or file' },
  { subpath: 'sub/file/below', reason: 'the volume has no such folder or file' },
  { subpath: 'link', reason: 'there is a link on the path, and it could lead out of the volume' },
]) {
  test(`isFileInVolume() refuses ${subpath}: ${reason}`, () => {
    using folder = temporaryFolder()
    expect(() => isFileInVolume(volume(folder.path), { volume: 'data', subpath, origin })).toThrow(
      expect.objectContaining({
        code: 'volume-subpath',
        message: `Cannot mount "${subpath}" of volume "data": ${reason}`,
        origin: 'services.web.volumes.0',
      }),
    )
  })
}
