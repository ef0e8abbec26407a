import { describe, expect, test } from 'vitest'
import { TarReader } from '../../../src/archive/tar-reader.ts'
import { LayerWriter } from '../../../src/store/layers/layer-writer.ts'
import { type TestEntry, tarArchive } from '../../support/tar-archive.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const limits = { entries: 4, bytes: 1_000_000, replacedFolders: 1, ratio: 200, freeBytes: 1_000_000 }
const folder = (name: string): TestEntry => ({ name, type: 'directory' })

async function write(entries: readonly TestEntry[]): Promise<void> {
  using root = temporaryFolder()
  using writer = new LayerWriter(root.path, limits)
  const reader = new TarReader(writer)
  reader.push(await tarArchive(entries))
  reader.end()
  writer.finish()
}

describe('LayerWriter', () => {
  test('takes as many entries as its limits say', async () => {
    await expect(write(['a', 'b', 'c', 'd'].map(name => ({ name })))).resolves.toBeUndefined()
  })

  test('refuses more entries than its limits say', async () => {
    await expect(write(['a', 'b', 'c', 'd', 'e'].map(name => ({ name })))).rejects.toThrow(
      'more than 4 entries',
    )
  })

  test('refuses to replace more folders than its limits say', async () => {
    const entries = [folder('a'), folder('b'), { name: 'a' }, { name: 'b' }]
    await expect(write(entries)).rejects.toThrow('replaces more than 1 folders')
  })
})
