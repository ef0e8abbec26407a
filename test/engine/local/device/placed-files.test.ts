import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { LayeredTree } from '../../../../src/disk/layered-tree.ts'
import { type ContainerDevices, NO_DEVICES } from '../../../../src/engine/local/device/container-devices.ts'
import { readLdCache, writeLdCache } from '../../../../src/engine/local/device/libraries/ld-cache.ts'
import { placedFiles } from '../../../../src/engine/local/device/placed-files.ts'
import { hostMount } from '../../../../src/engine/local/mount/host-mount.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function library(path: string, soname: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.c`, 'int x;\n')
  const made = spawnSync('cc', ['-shared', '-fPIC', `-Wl,-soname,${soname}`, `${path}.c`, '-o', path])
  if (made.status !== 0) throw new Error(String(made.stderr))
}

/** Returns the entries of the cache that is written for libcuda of driver 535, on an image with `files`. */
function cacheFor(files: (image: string) => void, changes: Partial<ContainerDevices> = {}) {
  using folder = temporaryFolder()
  const image = join(folder.path, 'image')
  mkdirSync(join(image, 'etc'), { recursive: true })
  files(image)
  library(join(folder.path, 'libcuda.so.535.1'), 'libcuda.so.1')
  const mount = hostMount({
    ...{ path: join(folder.path, 'libcuda.so.535.1'), target: '/usr/lib64/libcuda.so.535.1' },
    ...{ isFile: true, readOnly: true, recursive: true },
  })
  const devices = { ...NO_DEVICES, mounts: [mount], libraryFolders: ['/usr/lib64'], ...changes }
  const placed = placedFiles(devices, new LayeredTree([parseAbsolutePath(image)]), undefined)
  const cache = placed.find(({ path }) => path === '/etc/ld.so.cache')
  const content = cache?.kind === 'file' ? Buffer.from(cache.content) : Buffer.alloc(0)
  return { placed, entries: readLdCache(content)?.entries.map(({ name, path }) => [name, path]) }
}

test('placedFiles() lists a library by its own name, and links that to its file', () => {
  const { placed, entries } = cacheFor(() => {})
  expect(entries).toEqual([['libcuda.so.1', '/usr/lib64/libcuda.so.535.1']])
  expect(placed.map(({ kind, path }) => [kind, path])).toEqual([
    ['link', '/usr/lib64/libcuda.so.1'],
    ['file', '/etc/ld.so.cache'],
  ])
})

test('placedFiles() keeps what the image has, but for the names of the driver, and tells ldconfig', () => {
  const { placed, entries } = cacheFor(image => {
    const [libc, cuda] = ['libc.so.6', 'libcuda.so.1'].map(name => {
      return { flags: process.arch === 'arm64' ? 0x0a03 : 0x0303, name, path: `/lib/${name}`, hwcap: 0n }
    })
    if (libc && cuda)
      writeFileSync(join(image, 'etc/ld.so.cache'), writeLdCache({ entries: [libc, cuda], hwcaps: [] }))
    mkdirSync(join(image, 'etc/ld.so.conf.d'))
  })
  expect(entries).toEqual([
    ['libcuda.so.1', '/usr/lib64/libcuda.so.535.1'],
    ['libc.so.6', '/lib/libc.so.6'],
  ])
  const configuration = placed.find(({ path }) => path === '/etc/ld.so.conf.d/00-tcompose-devices.conf')
  expect(configuration?.kind === 'file' && String(configuration.content)).toBe('/usr/lib64\n')
})

for (const { version, path } of [
  { version: '550.9', path: '/usr/local/cuda/compat/libcuda.so.550.9' },
  { version: '535.9', path: '/usr/lib64/libcuda.so.535.1' },
]) {
  test(`placedFiles() takes ${path} where the image has libraries of driver ${version}`, () => {
    const files = (image: string) =>
      library(join(image, `usr/local/cuda/compat/libcuda.so.${version}`), 'libcuda.so.1')
    expect(cacheFor(files, { cudaDriver: '535.1' }).entries).toEqual([['libcuda.so.1', path]])
  })
}

test('placedFiles() leaves the cache alone where no folder has libraries', () => {
  expect(cacheFor(() => {}, { libraryFolders: [] }).placed).toEqual([])
})
