import { chmodSync, constants, copyFileSync, lchownSync, linkSync, renameSync, unlinkSync } from 'node:fs'
import { type BytePath, nativePath } from '../../disk/byte-path.ts'
import { getXattr, listXattrs, setTimes, setXattr } from '../../disk/inode.ts'
import { splitEntryPath } from '../layers/layer-entry-path.ts'
import { type LayerThing, walkLayer } from './walk-layer.ts'

const NANOSECONDS = 1_000_000_000n

/**
 * Sets modification times in the unpacked layer at `root` that are later than `seconds` since the epoch down to it, as
 * SOURCE_DATE_EPOCH asks for. A regular file that has names outside of the layer as well gets a copy of its own first.
 */
export function clampTimes(root: BytePath, seconds: number): void {
  const latest = BigInt(seconds) * NANOSECONDS
  const things = [...walkLayer(root)]
  const late = things.filter(({ stats }) => stats.mtimeNs > latest)
  if (late.length === 0) return
  const times = new Map(things.map(({ path, stats }) => [path, stats.mtimeNs]))
  const files = Map.groupBy(
    late.filter(({ stats }) => stats.isFile()),
    ({ stats }) => stats.inode,
  )
  for (const names of files.values()) if (hasNamesElsewhere(names)) separate(root, names, times)
  for (const { path } of late) setTimes(`${root}/${path}`, latest)
}

function hasNamesElsewhere(names: readonly LayerThing[]): boolean {
  return names[0] !== undefined && names[0].stats.nlink > names.length
}

/** Puts a copy of a file in the place of all its `names`. The times of the folders that they are in stay. */
function separate(root: BytePath, names: readonly LayerThing[], times: ReadonlyMap<BytePath, bigint>): void {
  const [copy, link] = [`${root}/.tcompose-copy`, `${root}/.tcompose-link`]
  for (const [index, thing] of names.entries()) {
    if (index === 0) copyFile(`${root}/${thing.path}`, copy, thing)
    linkSync(nativePath(copy), nativePath(link))
    renameSync(nativePath(link), nativePath(`${root}/${thing.path}`))
    const { folder } = splitEntryPath(thing.path)
    const time = times.get(folder)
    if (time !== undefined) setTimes(`${root}/${folder}`, time)
  }
  unlinkSync(nativePath(copy))
}

function copyFile(from: BytePath, to: BytePath, { stats }: LayerThing): void {
  copyFileSync(nativePath(from), nativePath(to), constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  lchownSync(nativePath(to), stats.uid, stats.gid)
  chmodSync(nativePath(to), stats.mode & 0o7777)
  for (const name of listXattrs(from)) {
    const value = getXattr(from, name)
    if (value !== undefined) setXattr(to, name, value)
  }
}
