import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { archiveSource } from '../../src/archive/archive-index.ts'
import { tarArchive } from '../support/tar-archive.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const notArchives: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'a line of text': Buffer.from('hello\n'),
  noise: Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 131) % 251)),
}
for (const [what, bytes] of Object.entries(notArchives)) {
  test(`archiveSource() takes ${what} for no archive`, () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a.tar')
    writeFileSync(file, bytes)
    expect(() => archiveSource(file)).toThrow('it does not begin as a tar archive does')
  })
}

test('archiveSource() names what is wrong behind the first header', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'a.tar')
  const archive = await tarArchive([{ name: 'a' }, { name: 'b' }])
  archive.write('x', 512 + 150, 'latin1')
  writeFileSync(file, archive)
  expect(() => archiveSource(file)).toThrow('its header has a')
})
