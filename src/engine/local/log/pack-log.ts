import { type FileHandle, open, rename, rm, unlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { crc32, deflateRaw } from 'node:zlib'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { PACKED_BYTES, packedFrame } from './packed-log.ts'

const deflate = promisify(deflateRaw)

/**
 * Packs full file `number` of the log at `path`; one that is not there, or is removed meanwhile, leaves nothing. Its
 * plain file is removed when the packed one is on disk. One call at a time for each log.
 */
export async function packLog(path: string, number: number): Promise<void> {
  const plain = `${path}.${number}`
  const packed = `${plain}.gz`
  const unfinished = `${path}.gz.new`
  await using source = await openIfThere(plain)
  if (source === undefined) return
  try {
    await using target = await open(unfinished, 'w', 0o600)
    await copyPacked(source, target)
    await target.sync()
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  await rename(unfinished, packed)
  if (!(await removePlain(plain))) await rm(packed, { force: true })
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (errnoNameOf(error) !== 'ENOENT') throw error
    return undefined
  }
}

async function copyPacked(source: FileHandle, target: FileHandle): Promise<void> {
  const buffer = Buffer.allocUnsafe(PACKED_BYTES)
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length)
    if (bytesRead === 0) return
    const content = buffer.subarray(0, bytesRead)
    const deflated = await deflate(content)
    const { header, trailer } = packedFrame(content, deflated, crc32(content))
    await target.writeFile(Buffer.concat([header, deflated, trailer]))
  }
}

/** Tells whether the file was still there. */
async function removePlain(path: string): Promise<boolean> {
  try {
    await unlink(path)
    return true
  } catch (error) {
    if (errnoNameOf(error) !== 'ENOENT') throw error
    return false
  }
}
