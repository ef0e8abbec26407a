import { chmodSync, lchownSync, linkSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { type BytePath, bytePath, nativePath } from '../../disk/byte-path.ts'
import { getXattr, listXattrs, makeNode, setTimes, setXattr, splitDevice } from '../../disk/inode.ts'
import { type LayerThing, walkLayer } from './walk-layer.ts'

/**
 * Makes a second unpacked layer of the same content in the empty folder `target`: regular files are shared by hard
 * links, all else is made again, so that its times can be set apart. Both are on one file system.
 */
export function cloneLayer(source: string, target: string): void {
  const [from, to] = [bytePath(source), bytePath(target)]
  const things = [...walkLayer(from)]
  for (const thing of things) cloneThing(thing, from, to)
  // Times of folders change with what is put into them.
  for (const { path, stats } of things) if (!stats.isFile()) setTimes(`${to}/${path}`, stats.mtimeNs)
}

function cloneThing({ path, stats }: LayerThing, from: BytePath, to: BytePath): void {
  const [original, copy] = [`${from}/${path}`, `${to}/${path}`]
  if (stats.isFile()) {
    linkSync(nativePath(original), nativePath(copy))
    return
  }
  if (stats.isDirectory()) mkdirSync(nativePath(copy), { mode: 0o700 })
  else if (stats.isSymbolicLink()) {
    symlinkSync(nativePath(readlinkSync(nativePath(original), { encoding: 'latin1' })), nativePath(copy))
  } else makeNode(copy, { mode: stats.mode, ...splitDevice(stats.rdev) })
  lchownSync(nativePath(copy), stats.uid, stats.gid)
  if (!stats.isSymbolicLink()) chmodSync(nativePath(copy), stats.mode & 0o7777)
  for (const name of listXattrs(original)) {
    const value = getXattr(original, name)
    if (value !== undefined) setXattr(copy, name, value)
  }
}
