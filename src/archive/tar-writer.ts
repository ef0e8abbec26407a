import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'

/** A file to put into an archive. */
export interface ArchiveFile {
  readonly name: string
  readonly size: number
  /** The bytes, `size` of them. */
  readonly content: Buffer | AsyncIterable<Buffer>
}

/**
 * Yields a tar archive of `files`, which are read as the archive is. Nothing in it depends on time or user: every file
 * is root's, readable for all, and of the epoch.
 *
 * @throws {Error} If a file has another size than it says; what was yielded is no archive then.
 * @throws {DOMException} `AbortError` if `signal` aborts.
 */
export async function* writeTar(
  files: Iterable<ArchiveFile>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const archive = pack()
  const packing = packFiles(archive, files, signal).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  for await (const chunk of archive) if (chunk instanceof Uint8Array) yield chunk
  await packing
}

async function packFiles(
  archive: ReturnType<typeof pack>,
  files: Iterable<ArchiveFile>,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, size, content } of files) {
    signal.throwIfAborted()
    const header = { name, size, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }
    if (Buffer.isBuffer(content)) archive.entry(header, content)
    else {
      await pipeline(Readable.from(content), archive.entry(header), { signal })
    }
  }
  archive.finalize()
}
