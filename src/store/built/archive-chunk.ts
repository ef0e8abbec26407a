import { Buffer } from 'node:buffer'
import { createHash, hash } from 'node:crypto'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { paddedSize } from '../../archive/tar-header.ts'
import { type FilePart, readFiles } from '../../disk/bulk/read-files.ts'
import { type BytePath, displayPath, nativePath } from '../../disk/byte-path.ts'

const CHUNK_BYTES: number = 1024 * 1024
/** To read a file is no use of it: without O_NOATIME the disk would write down that it was read. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOATIME

/** A file whose content is part of an archive. */
export interface ArchivedFile {
  /** On the host. */
  readonly folder: BytePath
  readonly name: BytePath
  readonly size: number
  /** Called with what returns its SHA-256, hex digits: for files in turn, and at the latest by `settle`. */
  readonly onRead: (sha256: () => string) => void
}

/** The header of a file. */
export interface FileHeaderBlocks {
  /** Bytes, whole blocks. */
  readonly size: number
  /** Writes it to `bytes`, which has room for it at `start`. */
  putInto(bytes: Buffer, start: number): void
}

/**
 * The part of an archive that is made at the time. Its methods yield chunks of the archive when there is no more room;
 * what they yield is valid until they go on. Small files of one folder are read together.
 */
export class ArchiveChunk {
  readonly #bytes: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #length = 0
  #folder: BytePath = ''
  /** Files of the folder for which there is room, but which are not read yet. */
  #files: (FilePart & Pick<ArchivedFile, 'onRead'>)[] = []

  /** Reads what is to be read. @throws {Error} If a file is shorter than it was. */
  settle(): void {
    if (this.#files.length === 0) return
    const files = this.#files
    this.#files = []
    readFiles({ folder: this.#folder, parts: files, flags: READ, memory: this.#bytes })
    for (const { offset, size, onRead } of files) {
      onRead(() => hash('sha256', this.#bytes.subarray(offset, offset + size), 'hex'))
    }
  }

  /** Adds bytes. */
  *put(bytes: Buffer): Generator<Buffer> {
    for (let rest = bytes; rest.length > 0; ) {
      const count = rest.copy(this.#bytes, this.#length)
      this.#length += count
      rest = rest.subarray(count)
      if (this.#length === CHUNK_BYTES) yield* this.#flush()
    }
  }

  /** Adds a file whole; returns whether there is room for it, else it adds nothing. */
  addSmall(header: FileHeaderBlocks, file: ArchivedFile): boolean {
    const { folder, name, size, onRead } = file
    if (header.size + paddedSize(size) > CHUNK_BYTES - this.#length) return false
    if (folder !== this.#folder) this.settle()
    header.putInto(this.#bytes, this.#length)
    this.#length += header.size
    this.#folder = folder
    this.#files.push({ name, offset: this.#length, size, onRead })
    this.#length += size
    this.#pad(size)
    return true
  }

  /** Adds the content of a file and what fills its last block. @throws {Error} If it is shorter than it was. */
  *putFile(file: ArchivedFile): Generator<Buffer> {
    const { folder, name, size, onRead } = file
    if (paddedSize(size) > CHUNK_BYTES - this.#length && this.#length > 0) yield* this.#flush()
    if (paddedSize(size) > CHUNK_BYTES) return yield* this.#putLarge(file)
    if (folder !== this.#folder) this.settle()
    this.#folder = folder
    this.#files.push({ name, offset: this.#length, size, onRead })
    this.#length += size
    this.#pad(size)
  }

  /** Yields what is left. */
  *end(): Generator<Buffer> {
    if (this.#length > 0) yield* this.#flush()
  }

  *#flush(): Generator<Buffer> {
    this.settle()
    yield this.#bytes.subarray(0, this.#length)
    this.#length = 0
  }

  *#putLarge({ folder, name, size, onRead }: ArchivedFile): Generator<Buffer> {
    const path = `${folder}/${name}`
    const content = createHash('sha256')
    const fd = openSync(nativePath(path), READ)
    try {
      for (let left = size; left > 0; ) {
        const count = readSync(
          fd,
          this.#bytes,
          this.#length,
          Math.min(left, CHUNK_BYTES - this.#length),
          null,
        )
        if (count === 0) throw new Error(`Cannot read "${displayPath(path)}": it became shorter meanwhile`)
        content.update(this.#bytes.subarray(this.#length, this.#length + count))
        this.#length += count
        left -= count
        if (left === 0) this.#pad(size)
        if (this.#length === CHUNK_BYTES) yield* this.#flush()
      }
    } finally {
      closeSync(fd)
    }
    onRead(() => content.digest('hex'))
  }

  /** A chunk holds whole blocks, so there is room. */
  #pad(size: number): void {
    const end = this.#length + paddedSize(size) - size
    if (end > this.#length) this.#bytes.fill(0, this.#length, end)
    this.#length = end
  }
}
