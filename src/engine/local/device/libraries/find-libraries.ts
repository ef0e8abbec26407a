import { closeSync, openSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { displayPath } from '../../../../disk/byte-path.ts'
import type { LayeredTree } from '../../../../disk/layered-tree.ts'
import { openRegularFile } from '../../../../disk/open-regular-file.ts'
import type { ResolvedMount } from '../../mount/resolved-mount.ts'
import { type ElfLibrary, readElfLibrary } from './elf-library.ts'

/** A library of a container, and what programs call it. */
export interface FoundLibrary extends ElfLibrary {
  readonly path: string
}

/** Returns the libraries that `mounts` show in `folder` of a container, by their paths. */
export function mountedLibraries(folder: string, mounts: readonly ResolvedMount[]): readonly FoundLibrary[] {
  return mounts.flatMap(({ mount: { source, destination }, extras: { files } }) => {
    if (files.kind !== 'host') return []
    if (files.isFile) return posix.dirname(destination) === folder ? libraryOf(source, destination) : []
    if (destination !== folder) return []
    return readdirSync(source)
      .filter(name => name.includes('.so'))
      .sort()
      .flatMap(name => libraryOf(join(source, name), posix.join(folder, name)))
  })
}

function libraryOf(hostPath: string, path: string): readonly FoundLibrary[] {
  if (statSync(hostPath, { throwIfNoEntry: false })?.isFile() !== true) return []
  const fd = openSync(hostPath, 'r')
  try {
    const library = readElfLibrary(fd)
    return library === undefined ? [] : [{ ...library, path }]
  } finally {
    closeSync(fd)
  }
}

/** Returns the libraries in `folder` of an image. */
export function imageLibraries(folder: string, image: LayeredTree): readonly FoundLibrary[] {
  return (image.readDir(folder) ?? []).flatMap(entry => {
    const name = displayPath(entry.name)
    using file = name.includes('.so') && entry.stats.isFile() ? openRegularFile(entry) : undefined
    const library = file === undefined ? undefined : readElfLibrary(file.fd)
    return library === undefined ? [] : [{ ...library, path: posix.join(folder, name) }]
  })
}
