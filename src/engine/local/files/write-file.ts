import {
  type BigIntStats,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { nativePath } from '../../../disk/byte-path.ts'
import { type OpenedFile, openedFile } from '../../../disk/opened-file.ts'
import { shortHash } from '../state/layout.ts'
import type { FileOwner } from './container-folders.ts'
import { holdPlace, type Place, pathOf, statsOf } from './place-in-folder.ts'
import { removePlace } from './remove-place.ts'

/** An open file of this machine, with what fstat(2) has said of it. */
export interface SourceFile extends OpenedFile {
  readonly stats: BigIntStats
}

/**
 * Gives a place in a container the content, mode and time of `source`. A process of the
 * container finds the old file or the new one, never a part; only a file that is mounted there is written in place, since
 * nothing can take its name.
 */
export function writeFile(source: SourceFile, place: Place, owner: FileOwner): void {
  const held = holdPlace(place)
  if (held === 'mount') {
    overwrite(source, place)
    return
  }
  using _replaced = held
  const temporary = temporaryPlace(place)
  try {
    copyNew(source, temporary, owner)
    replace(temporary, place)
  } catch (error) {
    removePlace(temporary)
    throw error
  }
}

/** Returns where the file is made that is to get the name of `place`. */
export function temporaryPlace({ folder, name }: Place): Place {
  return { folder, name: `.tcompose-${shortHash(name)}` }
}

/** Gives `place` what is at `made`, no folder, in the same folder. */
export function replace(made: Place, place: Place): void {
  const [from, to] = [nativePath(pathOf(made)), nativePath(pathOf(place))]
  try {
    renameSync(from, to)
  } catch (error) {
    if (errnoNameOf(error) !== 'EISDIR') throw error
    removePlace(place)
    renameSync(from, to)
  }
}

function copyNew(source: SourceFile, place: Place, owner: FileOwner): void {
  using file = openedFile(createAt(place))
  copyContent(source, file)
  const { mode, atimeMs, mtimeMs } = fstatSync(source.fd)
  // chown(2) takes setuid bits away, so the mode comes behind it.
  fchownSync(file.fd, owner.uid, owner.gid)
  fchmodSync(file.fd, mode & 0o7777)
  futimesSync(file.fd, atimeMs / 1000, mtimeMs / 1000)
}

/** What an earlier run left at a temporary place when it was killed is in nobody's use. */
function createAt(place: Place): number {
  const native = nativePath(pathOf(place))
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  try {
    return openSync(native, flags, 0o600)
  } catch (error) {
    if (errnoNameOf(error) !== 'EEXIST') throw error
    if (statsOf(place)?.isDirectory() === true) removePlace(place)
    else unlinkSync(native)
    return openSync(native, flags, 0o600)
  }
}

const PIECE = 1 << 20

function copyContent(source: SourceFile, target: OpenedFile): void {
  const size = Number(source.stats.size)
  // Within the kernel, for what is worth another look at both files.
  if (size > PIECE) copyFileSync(`/proc/self/fd/${source.fd}`, `/proc/self/fd/${target.fd}`)
  else copyPieces(source, target, size)
}

/** What is written to the source once its size is known is reported as another change. */
function copyPieces(source: OpenedFile, target: OpenedFile, size: number): void {
  const piece = Buffer.allocUnsafe(size + 1)
  for (let at = 0, count = 0; at === 0 || at !== size; at += count) {
    count = readSync(source.fd, piece, 0, piece.length, at)
    if (count === 0) return
    for (let done = 0; done < count; ) done += writeSync(target.fd, piece, done, count - done, at + done)
  }
}

function overwrite(source: SourceFile, place: Place): void {
  const flags = constants.O_WRONLY | constants.O_NOFOLLOW
  using file = openedFile(openSync(nativePath(pathOf(place)), flags))
  ftruncateSync(file.fd, 0)
  copyContent(source, file)
}
