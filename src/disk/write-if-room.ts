import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  writeFileSync,
} from 'node:fs'
import { isDiskFull } from '../base/is-disk-full.ts'
import { recordText, removeFile, writeDurableRecord } from './record-file.ts'

const IN_PLACE = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
/** The unit of `blocks` of stat(2), in bytes, whatever the file system's own is. */
const BLOCK_BYTES = 512

/**
 * Writes `value` as `writeDurableRecord` does. On a full disk it is written over the record that is there, if that has the
 * room: a kill in the middle leaves a record whose checksum tells. Otherwise nothing is written.
 */
export async function writeRecordIfRoom(path: string, value: object): Promise<void> {
  try {
    await writeDurableRecord(path, value)
  } catch (error) {
    if (!isDiskFull(error)) throw error
    removeFile(`${path}.tmp`)
    writeInPlace(path, Buffer.from(recordText(value)))
  }
}

function writeInPlace(path: string, bytes: Buffer): void {
  let file: number | undefined
  try {
    file = openSync(path, IN_PLACE)
    const stats = fstatSync(file)
    if (!stats.isFile() || bytes.length > stats.blocks * BLOCK_BYTES) return
    writeFileSync(file, bytes)
    ftruncateSync(file, bytes.length)
    fdatasyncSync(file)
  } catch {
    // What removes goes on without it.
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
