import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { mountedHome, mountedHomeOf } from '../../../../src/engine/local/container/mounted-home.ts'
import { type HostMount, hostMount } from '../../../../src/engine/local/mount/host-mount.ts'
import { layersMount } from '../../../../src/engine/local/mount/layers-mount.ts'
import type { ResolvedMount } from '../../../../src/engine/local/mount/resolved-mount.ts'
import type { BindMount } from '../../../../src/model/mount.ts'
import { aContainerSpec, CONTAINER_ID } from '../../../support/container-input.ts'
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts'

const PASSWD = 'root:x:0:0::/root:/bin/sh\nme:x:5563:2222::/home/me:/bin/sh\nbare:x:7:7:::\n'

function aMount(target: string, path: string, changes: Partial<HostMount> = {}): ResolvedMount {
  return hostMount({
    path,
    isFile: target !== '/etc',
    target,
    readOnly: true,
    recursive: true,
    ...changes,
  })
}

function aBind(source: string, target: string): BindMount {
  return {
    kind: 'bind',
    source: parseAbsolutePath(source),
    target: parseAbsolutePath(target),
    readOnly: true,
    createHostPath: false,
    propagation: 'rprivate',
    recursive: true,
    origin: servicePath('web', 'volumes', 0),
  }
}

/** A folder with `passwd`, and what is around it. */
function folderWithPasswd(): TemporaryFolder {
  const folder = temporaryFolder()
  mkdirSync(join(folder.path, 'etc'))
  writeFileSync(join(folder.path, 'etc/passwd'), PASSWD)
  return folder
}

describe('mountedHome()', () => {
  test('knows nothing where no mount covers the account file', () => {
    expect(mountedHome([aMount('/etc/group', '/etc/group'), aMount('/etcetera', '/')], 0)).toBeUndefined()
  })

  test('reads a file that is bound over the account file, also through a link of the user', () => {
    using folder = folderWithPasswd()
    symlinkSync('etc/passwd', join(folder.path, 'link'))
    for (const name of ['etc/passwd', 'link']) {
      const mounts = [aMount('/etc/passwd', join(folder.path, name))]
      expect([5563, 0, 7, 8].map(uid => mountedHome(mounts, uid))).toEqual(['/home/me', '/root', '/', '/'])
    }
  })

  test('reads the file in a folder that is mounted at /etc, unless it has a mount of its own', () => {
    using folder = folderWithPasswd()
    const etc = aMount('/etc', join(folder.path, 'etc'))
    const part = aMount('/etc', folder.path, { subpath: 'etc' })
    const layers = layersMount({
      image: 'x',
      folders: [folder.path, join(folder.path, 'etc')],
      target: '/etc',
      origin: servicePath('web', 'volumes', 0),
    })
    for (const mount of [etc, part, layers]) expect(mountedHome([mount], 5563)).toBe('/home/me')
    writeFileSync(join(folder.path, 'own'), 'me:x:5563:1::/own:/bin/sh\n')
    expect(mountedHome([etc, aMount('/etc/passwd', join(folder.path, 'own'))], 5563)).toBe('/own')
  })

  test('reads a file of a volume, and nothing outside of it', () => {
    using folder = folderWithPasswd()
    const volume = join(folder.path, 'volume')
    mkdirSync(volume)
    writeFileSync(join(volume, 'file'), PASSWD)
    symlinkSync('../etc/passwd', join(volume, 'passwd'))
    const file = (subpath: string) => aMount('/etc/passwd', volume, { subpath })
    expect(mountedHome([file('file')], 5563)).toBe('/home/me')
    expect(mountedHome([file('passwd')], 5563)).toBe('/')
    expect(mountedHome([aMount('/etc', volume)], 5563)).toBe('/')
  })

  test('takes what is no regular file for an empty one', () => {
    using folder = folderWithPasswd()
    const pipe = join(folder.path, 'pipe')
    execFileSync('mkfifo', [pipe])
    const tmpfs: ResolvedMount = {
      mount: { destination: '/etc', type: 'tmpfs', source: 'tmpfs', options: [] },
      extras: { label: 'tmpfs', origin: undefined, files: { kind: 'empty' } },
    }
    const folderAtFile = aMount('/etc/passwd', folder.path, { isFile: false })
    for (const mount of [aMount('/etc/passwd', pipe), folderAtFile, tmpfs])
      expect(mountedHome([mount], 0)).toBe('/')
  })

  test('refuses a file that is too large', () => {
    using folder = folderWithPasswd()
    const path = join(folder.path, 'large')
    writeFileSync(path, Buffer.alloc(17 * 1024 * 1024, `${'a'.repeat(1023)}\n`))
    expect(() => mountedHome([aMount('/etc/passwd', path)], 5)).toThrow(
      /which is mounted: it is larger than 16 MiB/,
    )
  })
})

describe('mountedHomeOf()', () => {
  const homeOf = (source: string) =>
    mountedHomeOf(
      { data: '/none', run: '/none' },
      {
        id: CONTAINER_ID,
        phase: 'created',
        spec: aContainerSpec({
          mounts: [aBind('/none/of/these', '/srv'), aBind(source, '/etc/passwd')],
        }),
        imageId: undefined,
        createdAt: 0,
        command: [],
        anonymousVolumes: [],
      },
      5563,
    )

  test('looks at no other mount than that of the account file', () => {
    using folder = folderWithPasswd()
    expect(homeOf(join(folder.path, 'etc/passwd'))).toBe('/home/me')
  })

  test('knows nothing where the source is gone', () => expect(homeOf('/none/passwd')).toBeUndefined())
})
