import {
  closeSync,
  lstatSync,
  mkdirSync,
  opendirSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
} from 'node:fs'
import { bytePath, nativePath } from '../../../disk/byte-path.ts'
import type { LayeredTree } from '../../../disk/layered-tree.ts'
import { removeTree } from '../../../disk/remove-tree.ts'
import { copyChildren } from './copy-children.ts'
import { copyAttributes } from './copy-entry.ts'
import type { VolumeLayout } from './volume-layout.ts'

const inProgress = new Map<string, Promise<void>>()

/**
 * Fills a volume that is empty with what the image has at `target`, and gives the volume's folder the owner and mode
 * of the image's, also where that is empty. A volume with content, and an image without a folder at `target`, are
 * left alone. A copy that was killed in the middle is made again by the next call; containers never see half of a
 * file. Calls for one volume run one after the other.
 */
export async function seedVolume(tree: LayeredTree, target: string, volume: VolumeLayout): Promise<void> {
  const before = inProgress.get(volume.folder) ?? Promise.resolve()
  const own = before.catch(() => {}).then(() => seed(tree, target, volume))
  inProgress.set(volume.folder, own)
  try {
    await own
  } finally {
    if (inProgress.get(volume.folder) === own) inProgress.delete(volume.folder)
  }
}

async function seed(tree: LayeredTree, target: string, volume: VolumeLayout): Promise<void> {
  if (!exists(volume.seedMarker) && !isEmpty(volume.data)) return
  const folder = tree.lookup(target)
  if (folder?.stats.isDirectory() !== true) return
  await removeTree(volume.seedCopy)
  closeSync(openSync(volume.seedMarker, 'w', 0o600))
  mkdirSync(volume.seedCopy, { mode: 0o700 })
  await copyChildren(folder, volume.seedCopy)
  moveChildren(volume.seedCopy, volume.data)
  copyAttributes(folder, bytePath(volume.data))
  await removeTree(volume.seedCopy)
  unlinkSync(volume.seedMarker)
}

/** Each comes whole, by rename. One that is there was moved by an earlier call or made by a container since. */
function moveChildren(copy: string, data: string): void {
  for (const name of readdirSync(copy, { encoding: 'latin1' })) {
    const target = nativePath(`${bytePath(data)}/${name}`)
    if (lstatSync(target, { throwIfNoEntry: false }) === undefined) {
      renameSync(nativePath(`${bytePath(copy)}/${name}`), target)
    }
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function isEmpty(path: string): boolean {
  const folder = opendirSync(path)
  try {
    return folder.readSync() === null
  } finally {
    folder.closeSync()
  }
}
