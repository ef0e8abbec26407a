import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { resolveMounts } from '../../../../src/engine/local/mount/resolve-mounts.ts'
import type { Roots } from '../../../../src/engine/local/state/layout.ts'
import { aContainerSpec, CONTAINER_ID } from '../../../support/container-input.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** A volume `data` that a service mounts a part of. */
function resolvePart(folder: string, subpath: string | undefined) {
  const roots: Roots = { data: folder, run: join(folder, 'run') }
  const spec = aContainerSpec({
    mounts: [
      {
        kind: 'volume',
        volume: 'data',
        target: parseAbsolutePath('/x'),
        readOnly: false,
        nocopy: false,
        subpath,
        origin: servicePath('web', 'volumes', 0),
      },
    ],
  })
  return resolveMounts(roots, {
    id: CONTAINER_ID,
    phase: 'created',
    spec: { ...spec, volumeNames: new Map([['data', 'shop_data']]) },
    imageId: undefined,
    createdAt: 0,
    command: [],
    anonymousVolumes: [],
  })
}

function volumeIn(folder: string): string {
  const content = join(folder, 'volumes/shop_data/_data')
  mkdirSync(join(content, 'sub/deep'), { recursive: true })
  return content
}

describe('resolveMounts()', () => {
  test('says of a mount where the file asks for it', () => {
    const tmpfs = { kind: 'tmpfs', size: undefined, mode: undefined, options: [] } as const
    const mounts = [
      { ...tmpfs, target: parseAbsolutePath('/run'), origin: servicePath('web', 'tmpfs', 0) },
      { ...tmpfs, target: parseAbsolutePath('/tmp'), origin: servicePath('web', 'volumes', 1) },
    ]
    const resolved = resolveMounts(
      { data: '/none', run: '/none' },
      {
        id: CONTAINER_ID,
        phase: 'created',
        spec: aContainerSpec({ mounts }),
        imageId: undefined,
        createdAt: 0,
        command: [],
        anonymousVolumes: [],
      },
    )
    expect(resolved.map(({ extras }) => extras.origin)).toEqual([
      'services.web.tmpfs.0',
      'services.web.volumes.1',
    ])
  })

  test('takes a folder or a file of a volume, to be opened beneath it', () => {
    using root = temporaryFolder()
    const content = volumeIn(root.path)
    writeFileSync(join(content, 'file'), '')
    const [folder] = resolvePart(root.path, 'sub/deep')
    const [file] = resolvePart(root.path, 'file')
    const [whole] = resolvePart(root.path, undefined)
    expect(folder).toMatchObject({
      mount: { source: join(content, 'sub/deep') },
      extras: { files: { isFile: false, beneath: { root: content, path: 'sub/deep' } } },
    })
    expect(file).toMatchObject({
      mount: { source: join(content, 'file') },
      extras: { files: { isFile: true, beneath: { root: content, path: 'file' } } },
    })
    expect(whole).toMatchObject({
      mount: { source: content },
      extras: { files: { isFile: false, beneath: undefined } },
    })
  })

  for (const [subpath, reason] of [
    ['none', 'the volume has no such folder or file'],
    ['sub/none', 'the volume has no such folder or file'],
    ['link', 'there is a link on the path'],
    ['link/inner', 'there is a link on the path'],
    ['own', 'there is a link on the path'],
  ] as const) {
    test(`refuses ${subpath} of a volume, where ${reason}`, () => {
      using root = temporaryFolder()
      const content = volumeIn(root.path)
      mkdirSync(join(root.path, 'outside/inner'), { recursive: true })
      symlinkSync(join(root.path, 'outside'), join(content, 'link'))
      symlinkSync('sub', join(content, 'own'))
      expect(() => resolvePart(root.path, subpath)).toThrow(
        expect.objectContaining({
          code: 'volume-subpath',
          message: expect.stringContaining(`Cannot mount "${subpath}" of volume "data": ${reason}`),
          origin: 'services.web.volumes.0',
        }),
      )
    })
  }

  test('takes a pipe in a volume without waiting for its other end', () => {
    using root = temporaryFolder()
    execFileSync('mkfifo', [join(volumeIn(root.path), 'pipe')])
    expect(resolvePart(root.path, 'pipe')[0]?.extras.files).toMatchObject({ isFile: true })
  })
})
