import { createHash } from 'node:crypto'
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { factsOf } from '../../src/disk/bulk/file-facts.ts'
import { bytePath, nativePath } from '../../src/disk/byte-path.ts'
import { getXattr, listXattrs, splitDevice } from '../../src/disk/inode.ts'
import { isOpaque } from '../../src/disk/layered-tree.ts'
import type { BuildLayer } from '../../src/engine/local/build/build-layer.ts'
import type { LayerIndex, LayerIndexEntry } from '../../src/store/built/layer-index.ts'
import { encodeLayerIndex, type FileStamp, LayerIndexText } from '../../src/store/built/layer-index-file.ts'
import { isImageXattr } from '../../src/store/layers/image-xattr.ts'

/** Returns the unpacked layer at `folder`, whose index is read from it when it is asked for first. */
export function diskLayer(folder: string): BuildLayer {
  let known: LayerIndex | undefined
  const index = async (): Promise<LayerIndex> => {
    known ??= entriesBelow(bytePath(folder), '').toSorted((a, b) => (a.path < b.path ? -1 : 1))
    return known
  }
  return {
    folder,
    index,
    indexText: async () => {
      const text = LayerIndexText.open(encodeLayerIndex(await index(), entry => stampOf(folder, entry)))
      if (text === undefined) throw new Error(`The index of "${folder}" is damaged`)
      return text
    },
  }
}

function stampOf(folder: string, { path }: LayerIndexEntry): FileStamp {
  return factsOf(lstatSync(nativePath(`${bytePath(folder)}/${path}`), { bigint: true }))
}

function entriesBelow(root: string, folder: string): readonly LayerIndexEntry[] {
  return readdirSync(nativePath(`${root}/${folder}`), { encoding: 'latin1' }).flatMap(name => {
    const path = folder === '' ? name : `${folder}/${name}`
    const stats = lstatSync(nativePath(`${root}/${path}`), { bigint: true })
    const entry = entryOf(root, path, stats)
    return stats.isDirectory() ? [entry, ...entriesBelow(root, path)] : [entry]
  })
}

function entryOf(root: string, path: string, stats: BigIntStats): LayerIndexEntry {
  const hostPath = `${root}/${path}`
  const xattrs = listXattrs(hostPath)
    .filter(isImageXattr)
    .toSorted()
    .map(name => [name, getXattr(hostPath, name)?.toString('base64') ?? ''] as const)
  const common = {
    path,
    mode: Number(stats.mode) & 0o7777,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    size: stats.isFile() ? Number(stats.size) : 0,
    ...(xattrs.length > 0 && { xattrs }),
  }
  if (stats.isDirectory()) return { ...common, kind: 'folder', ...(isOpaque(hostPath) && { isOpaque: true }) }
  if (stats.isFile()) {
    const sha256 = createHash('sha256')
      .update(readFileSync(nativePath(hostPath)))
      .digest('hex')
    return { ...common, kind: 'file', sha256 }
  }
  if (stats.isSymbolicLink()) {
    return { ...common, kind: 'link', target: readlinkSync(nativePath(hostPath), { encoding: 'latin1' }) }
  }
  if (stats.isFIFO()) return { ...common, kind: 'fifo' }
  if (stats.isSocket()) return { ...common, kind: 'socket' }
  if (stats.isCharacterDevice() && stats.rdev === 0n) return { ...common, kind: 'whiteout' }
  const { major, minor } = splitDevice(Number(stats.rdev))
  return { ...common, kind: stats.isCharacterDevice() ? 'char' : 'block', device: `${major}:${minor}` }
}
