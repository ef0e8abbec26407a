import { constants, lstatSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { folderTar } from '../../../archive/folder-tar.ts'
import { FolderWriter } from '../../../archive/folder-writer.ts'
import { TarReader } from '../../../archive/tar-reader.ts'
import { OPAQUE_XATTR } from '../../../disk/inode.ts'
import { openedFile } from '../../../disk/opened-file.ts'
import { makePrivateFolder } from '../../../disk/record-file.ts'
import { removeTree } from '../../../disk/remove-tree.ts'
import { temporaryName } from '../../../disk/temporary-name.ts'
import { LayerSealer } from '../../../store/built/layer-sealer.ts'
import type { UnpublishedLayer } from '../../../store/built/publish-layers.ts'
import { isImageXattr } from '../../../store/layers/image-xattr.ts'
import { layersFolder } from '../../../store/layers/layer-paths.ts'
import type { StorePaths } from '../../../store/store-paths.ts'

/** A copy of a container's writable layer that is to become a layer of an image. */
export interface UpperLayer extends AsyncDisposable {
  /** Undefined if the container has changed nothing. */
  readonly layer: UnpublishedLayer | undefined
}

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY
/** Chunks between two looks at the rest of the world. */
const TURN = 32
/** What the runtime makes to mount files of its own on. */
const STUBS = ['etc/hosts', 'etc/hostname', 'etc/resolv.conf']

/**
 * Copies the writable layer at `upper`, with the marks of overlayfs for what it hides, and hashes it. The copy is gone when this is
 * disposed of, unless it was published.
 *
 * @throws {DOMException} `AbortError` if `signal` aborts.
 */
export async function copyUpper(paths: StorePaths, upper: string, signal: AbortSignal): Promise<UpperLayer> {
  makePrivateFolder(layersFolder(paths))
  const folder = join(layersFolder(paths), temporaryName())
  mkdirSync(folder, { mode: 0o755 })
  const dispose = () => removeTree(folder)
  try {
    await copyTree(upper, folder, signal)
    for (const stub of STUBS) removeEmpty(join(folder, stub))
    await using sealer = new LayerSealer()
    const layer = readdirSync(folder).length === 0 ? undefined : { folder, sealed: await sealer.seal(folder) }
    return { layer, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

async function copyTree(from: string, to: string, signal: AbortSignal): Promise<void> {
  using source = openedFile(openSync(from, FOLDER))
  using target = openedFile(openSync(to, FOLDER))
  using writer = new FolderWriter(target.fd, undefined)
  const reader = new TarReader(writer)
  const keepsXattr = (name: string) => isImageXattr(name) || name === OPAQUE_XATTR
  let count = 0
  for (const chunk of folderTar({ folder: source.fd, name: '.', as: '', keepsXattr })) {
    reader.push(chunk)
    count += 1
    if (count % TURN !== 0) continue
    await nextTurn()
    signal.throwIfAborted()
  }
  reader.end()
  writer.finish()
}

function removeEmpty(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats?.isFile() && stats.size === 0) rmSync(path)
}
