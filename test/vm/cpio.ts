/** A file of an archive: a folder has no content. */
export interface CpioEntry {
  readonly path: string
  /** Type and permission bits, e.g. 0o100755. */
  readonly mode: number
  readonly content?: Uint8Array
}

/** Packs entries in the cpio format "newc", which the kernel unpacks as its first root. Parents come before children. */
export function packCpio(entries: readonly CpioEntry[]): Buffer {
  const trailer: CpioEntry = { path: 'TRAILER!!!', mode: 0 }
  return Buffer.concat([...entries, trailer].flatMap((entry, index) => packEntry(entry, index + 1)))
}

function packEntry(
  { path, mode, content = new Uint8Array() }: CpioEntry,
  inode: number,
): readonly Uint8Array[] {
  const name = Buffer.from(`${path}\0`)
  // inode, mode, uid, gid, links, mtime, size, device (2), special device (2), name's length, checksum
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0]
  const header = Buffer.from(`070701${fields.map(field => field.toString(16).padStart(8, '0')).join('')}`)
  return [header, name, padding(header.length + name.length), content, padding(content.length)]
}

function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4)
}
