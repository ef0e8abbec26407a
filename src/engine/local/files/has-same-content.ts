import { constants, fstatSync, openSync, readSync } from 'node:fs'
import { nativePath } from '../../../disk/byte-path.ts'
import { type OpenedFile, openedFile } from '../../../disk/opened-file.ts'
import { type Place, pathOf, statsOf } from './place-in-folder.ts'

const PIECE = 64 * 1024
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Tells whether there is a file at a place that has the bytes and the permissions of `source`. */
export function hasSameContent(source: OpenedFile, place: Place): boolean {
  const wanted = fstatSync(source.fd)
  const found = statsOf(place)
  if (found === undefined || !found.isFile() || found.size !== BigInt(wanted.size)) return false
  if ((Number(found.mode) & 0o7777) !== (wanted.mode & 0o7777)) return false
  using file = openedFile(openSync(nativePath(pathOf(place)), FLAGS))
  return isEqual(source.fd, file.fd)
}

function isEqual(one: number, other: number): boolean {
  const pieces = [Buffer.allocUnsafe(PIECE), Buffer.allocUnsafe(PIECE)] as const
  for (let at = 0; ; at += PIECE) {
    const [first, second] = [readWhole(one, pieces[0], at), readWhole(other, pieces[1], at)]
    if (!first.equals(second)) return false
    if (first.length < PIECE) return true
  }
}

/** Fills `piece` as far as the file goes. */
function readWhole(fd: number, piece: Buffer, at: number): Buffer {
  let length = 0
  while (length < piece.length) {
    const count = readSync(fd, piece, length, piece.length - length, at + length)
    if (count === 0) break
    length += count
  }
  return piece.subarray(0, length)
}
