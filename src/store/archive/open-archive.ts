import { createWriteStream, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { archiveSource } from '../../archive/archive-index.ts'
import type { ContentSource } from '../../archive/content-source.ts'
import { compressionOf, decompressed } from '../../archive/decompress.ts'
import { loadSlice, readSlice } from '../../disk/file-slice.ts'
import { removeTree } from '../../disk/remove-tree.ts'
import { temporaryName } from '../../disk/temporary-name.ts'
import type { ArchiveInput } from '../../model/stored-image.ts'
import { imageInvalid, imageNotFound } from '../../oci/image-errors.ts'
import { imageFolders } from '../images/image-record.ts'
import type { StorePaths } from '../store-paths.ts'

/** An archive whose members can be read in any order until it is disposed. */
export interface OpenedArchive extends AsyncDisposable {
  readonly source: ContentSource
}

/**
 * Opens an archive. A plain file is read where it is; one that is compressed, and what comes as a stream, is written
 * into the data folder first, plain.
 *
 * @throws {TcomposeError} `image-not-found` if there is no such file; `image-invalid` if it is no archive.
 * @throws {DOMException} `AbortError` if `signal` aborts.
 */
export async function openArchive(
  roots: StorePaths,
  input: ArchiveInput,
  signal: AbortSignal,
): Promise<OpenedArchive> {
  const label = archiveLabel(input)
  if (input.kind === 'file') requireFile(input.path)
  if (input.kind === 'file' && isPlain(input.path)) {
    return { source: indexed(label, input.path), [Symbol.asyncDispose]: async () => {} }
  }
  const temporary = join(imageFolders(roots).images, temporaryName())
  const remove = () => removeTree(temporary)
  try {
    mkdirSync(imageFolders(roots).images, { recursive: true, mode: 0o700 })
    await spool(input, temporary, signal)
    return { source: indexed(label, temporary), [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw isOfContent(error)
      ? imageInvalid(label, `it cannot be decompressed: ${String(error)}`, error)
      : error
  }
}

/** Returns what an archive is called in messages. */
export function archiveLabel(input: ArchiveInput): string {
  return input.kind === 'file' ? input.path : 'standard input'
}

function requireFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return
  throw imageNotFound(path, 'there is no such file, expected an archive', 'Check the path')
}

function isPlain(path: string): boolean {
  return compressionOf(loadSlice({ file: path, offset: 0, size: 4 })) === 'none'
}

function indexed(label: string, file: string): ContentSource {
  try {
    return archiveSource(file)
  } catch (error) {
    throw error instanceof SyntaxError ? imageInvalid(label, error.message, error) : error
  }
}

async function spool(input: ArchiveInput, to: string, signal: AbortSignal): Promise<void> {
  const chunks = input.kind === 'stream' ? headed(input.chunks) : readSlice(wholeFile(input.path))
  await pipeline(Readable.from(decompressed(chunks)), createWriteStream(to, { mode: 0o600 }), { signal })
}

function wholeFile(file: string) {
  return { file, offset: 0, size: statSync(file).size }
}

/** Yields `chunks` with 4 bytes or more in the first, which tell how it is compressed. */
async function* headed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head = Buffer.alloc(0)
  let isStarted = false
  for await (const chunk of chunks) {
    if (isStarted) yield chunk
    else {
      head = Buffer.concat([head, chunk])
      isStarted = head.length >= 4
      if (isStarted) yield head
    }
  }
  if (!isStarted && head.length > 0) yield head
}

/** zlib's errors have a code and no system call. */
function isOfContent(error: unknown): boolean {
  if (!(error instanceof Error) || error.name === 'AbortError' || 'syscall' in error) return false
  return error instanceof SyntaxError || ('code' in error && /^(Z_|ZSTD_|ERR_)/.test(String(error.code)))
}
