import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeLayout } from '../support/hand-made-layout.ts'
import { tarArchive } from '../support/tar-archive.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

test('a mount of an image of one layer does not show what the layer removes, and cannot be written to', async () => {
  using folder = temporaryFolder()
  const layer = await tarArchive([
    { name: '.wh.gone', content: '' },
    { name: 'etc/.wh.gone', content: '' },
    { name: 'etc/deep/.wh.gone', content: '' },
    { name: 'etc/deep/kept', content: 'kept\n' },
  ])
  writeLayout(join(folder.path, 'img'), [{ layers: [layer] }])
  const source = `oci:${folder.path}/img`
  const mounts = [
    `{type: image, source: "${source}", target: /all}`,
    `{type: image, source: "${source}", target: /deep, image: {subpath: etc/deep}}`,
    `{type: image, source: "${source}", target: /file, image: {subpath: etc/deep/kept}}`,
  ]
  await using project = new TestProject({
    compose: `name: mounts\nservices:\n  web:\n    image: rootfs:/\n    command: [sleep, "1000"]\n    init: true\n    volumes:\n${mounts.map(mount => `      - ${mount}\n`).join('')}`,
  })
  const sh = async (script: string) => (await project.run(['exec', '-T', 'web', 'sh', '-c', script])).stdout
  await project.succeed('up', '-d')
  expect(await sh('ls -A /all /deep; cat /file')).toBe('/all:\netc\n\n/deep:\nkept\nkept\n')
  // Overlayfs lists a folder that only one layer has unchanged, but what is removed there cannot be reached.
  expect(await sh('[ -e /all/etc/gone ] || echo none')).toBe('none\n')
  for (const path of ['/all/new', '/deep/new', '/file']) {
    expect(await sh(`echo no > ${path} || echo refused`)).toBe('refused\n')
  }
  await project.succeed('restart', '-t', '0')
  expect(await sh('ls -A /deep')).toBe('kept\n')
})
