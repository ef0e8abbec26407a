import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { LayeredTree } from '../../../../src/disk/layered-tree.ts'
import { bindMount } from '../../../../src/engine/local/mount/bind-mount.ts'
import type { Mount } from '../../../../src/model/mount.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const place = {
  roots: { data: '/none', run: '/none' },
  volumeNames: new Map(),
  openImage: () => undefined,
}
const files = new LayeredTree([])

function aBind(source: string, changes: Partial<Mount<'bind'>> = {}): Mount<'bind'> {
  return {
    kind: 'bind',
    source: parseAbsolutePath(source),
    target: parseAbsolutePath('/x'),
    origin: servicePath('web', 'volumes', 0),
    readOnly: false,
    createHostPath: true,
    propagation: 'rprivate',
    recursive: true,
    ...changes,
  }
}

describe('bindMount', () => {
  test('makes a source that is missing as a folder, and asks for no more than that', async () => {
    using folder = temporaryFolder()
    const mount = aBind(join(folder.path, 'a/b'))
    expect(bindMount.check(mount, place)).toEqual([])
    expect(existsSync(mount.source)).toBe(false)
    await bindMount.prepare(mount, place, files)
    expect(bindMount.resolve(mount, place).extras.files).toMatchObject({ kind: 'host', isFile: false })
  })

  test('refuses a source that is missing where none is to be made', async () => {
    using folder = temporaryFolder()
    const mount = aBind(join(folder.path, 'none'), { createHostPath: false })
    const notFound = expect.objectContaining({
      code: 'bind-source-not-found',
      origin: 'services.web.volumes.0',
    })
    expect(bindMount.check(mount, place)).toEqual([notFound])
    await expect(bindMount.prepare(mount, place, files)).rejects.toEqual(notFound)
    expect(() => bindMount.resolve(mount, place)).toThrow(notFound)
  })

  test('shows a file with the access and propagation of the file', () => {
    using folder = temporaryFolder()
    const source = join(folder.path, 'file')
    writeFileSync(source, '')
    const mount = aBind(source, { readOnly: true, recursive: false, propagation: 'rslave' })
    expect(bindMount.resolve(mount, place)).toEqual({
      mount: { destination: '/x', type: 'bind', source, options: ['bind', 'ro', 'rslave'] },
      extras: {
        label: source,
        origin: 'services.web.volumes.0',
        files: { kind: 'host', isFile: true, beneath: undefined },
      },
    })
  })
})
