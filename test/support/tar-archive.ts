import { buffer } from 'node:stream/consumers'
import { type Header, pack } from 'tar-stream'

/** One entry to pack; what is left out is 0, or 1 January 2020 for the time. */
export interface TestEntry extends Partial<Omit<Header, 'name' | 'size'>> {
  readonly name: string
  readonly content?: string | Buffer
}

/** Packs entries, of any name and kind, in the order given. */
export async function tarArchive(entries: readonly TestEntry[]): Promise<Buffer> {
  const archive = pack()
  for (const { content = '', ...header } of entries) {
    archive.entry({ mtime: new Date('2020-01-01T00:00:00Z'), uid: 0, gid: 0, ...header }, content)
  }
  archive.finalize()
  return await buffer(archive)
}
