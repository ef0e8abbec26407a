import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Digest } from '../../../src/base/digest.ts'
import { imageSource } from '../../../src/engine/local/image/source/image-sources.ts'
import type { ArchiveFormat } from '../../../src/model/stored-image.ts'
import { saveImages } from '../../../src/store/archive/save-images.ts'
import { inspectImage } from '../../../src/store/inspect-image.ts'
import { layerFolder } from '../../../src/store/layers/layer-paths.ts'
import { removeImages } from '../../../src/store/remove-images.ts'
import type { StorePaths } from '../../../src/store/store-paths.ts'
import { buildImage } from '../../support/built-image.ts'
import { fetchImage } from '../../support/fetch-image.ts'
import { writeLayout } from '../../support/hand-made-layout.ts'
import { archiveOf, load, usersIn } from '../../support/image-store.ts'
import { describeFolder } from '../../support/layer-folder.ts'
import { findProgram, MAY_DOWNLOAD } from '../../support/parts/find-program.ts'
import { tarArchive } from '../../support/tar-archive.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const NAME = 'docker.io/library/app:latest'
const LAYERS = [
  [
    { path: 'd', kind: 'folder', mode: 0o750, uid: 1000, gid: 4_000_000, mtime: 1_600_000_000_123_000_000n },
    { path: 'd/a', kind: 'file', content: 'content', xattrs: { 'user.a': 'b' } },
    { path: 'd/b', kind: 'hard-link', target: 'd/a' },
    { path: 'gone', kind: 'whiteout' },
  ],
  [{ path: 'second', kind: 'link', target: 'd/a' }],
  [],
] as const

async function save(paths: StorePaths, file: string, format: ArchiveFormat): Promise<string> {
  writeFileSync(file, '')
  const roots = { ...paths, run: paths.data }
  await saveImages(
    paths,
    {
      images: [{ reference: NAME }],
      format,
      signal: new AbortController().signal,
      openSource: (image, label) => imageSource(roots, image).openFiles(label),
    },
    async chunk => appendFileSync(file, chunk),
  )
  return file
}

async function storeWithBuilt(folder: string) {
  const paths = { data: join(folder, 'data'), run: folder }
  const tar = await tarArchive([{ name: 'x', content: 'x', mtime: new Date('2020-01-01') }])
  await load(paths, archiveOf(folder, [{ layers: [tar], tag: 'base:1' }]))
  const base = inspectImage(paths, { reference: 'base:1' }, new Map()).layers
  const { id, diffIds } = await buildImage(paths, { names: [NAME], base, layers: LAYERS })
  return { paths, id, diffIds }
}

describe('saveImages() of an image that was built', () => {
  for (const format of ['docker', 'oci'] as const) {
    test(`writes a ${format} archive that gives the same image again, the same bytes each time`, async () => {
      using folder = temporaryFolder()
      const { paths, id, diffIds } = await storeWithBuilt(folder.path)
      const file = await save(paths, join(folder.path, 'a.tar'), format)
      const again = await save(paths, join(folder.path, 'b.tar'), format)
      expect(execFileSync('cmp', [file, again]).toString()).toBe('')
      const other = { data: join(folder.path, 'other'), run: folder.path }
      expect(await load(other, file)).toEqual([{ id, names: [{ reference: NAME }] }])
      for (const diffId of diffIds) {
        expect(describeFolder(layerFolder(other, diffId))).toBe(describeFolder(layerFolder(paths, diffId)))
      }
    })
  }

  test('writes archives that skopeo reads', MAY_DOWNLOAD, async ({ skip }) => {
    const skopeo = await findProgram('skopeo')
    if (skopeo.kind === 'missing') return skip(skopeo.reason)
    using folder = temporaryFolder()
    const { paths } = await storeWithBuilt(folder.path)
    const [program = '', ...args] = skopeo.command
    for (const format of ['docker', 'oci'] as const) {
      const file = await save(paths, join(folder.path, `${format}.tar`), format)
      const target = join(folder.path, `${format}-copy`)
      execFileSync(program, [...args, 'copy', '-q', `${format}-archive:${file}`, `oci:${target}:copy`])
      const config = execFileSync(program, [...args, 'inspect', '--config', '--raw', `oci:${target}:copy`])
      const { document } = inspectImage(paths, { reference: NAME }, new Map())
      expect(JSON.parse(config.toString())).toMatchObject({ rootfs: document?.['rootfs'] })
    }
  })

  test('needs no image that it was built on', async () => {
    using folder = temporaryFolder()
    const { paths, id } = await storeWithBuilt(folder.path)
    await removeImages(paths, { images: [{ reference: 'base:1' }], force: false, readUsers: usersIn(paths) })
    const file = await save(paths, join(folder.path, 'a.tar'), 'docker')
    expect(await load({ data: join(folder.path, 'other'), run: '' }, file)).toMatchObject([{ id }])
  })

  test('finds layers of an image that came from a local folder there', async () => {
    using folder = temporaryFolder()
    const paths = { data: join(folder.path, 'data'), run: folder.path }
    const layout = join(folder.path, 'layout')
    writeLayout(layout, [{ layers: [await tarArchive([{ name: 'x', content: 'x' }])], tag: '1' }])
    const local = `oci:${layout}:1`
    await fetchImage(paths, { reference: local }, { onProgress: () => {} })
    const base = inspectImage(paths, { reference: local }, new Map()).layers
    const { id } = await buildImage(paths, { names: [NAME], base, layers: LAYERS })
    const file = await save(paths, join(folder.path, 'a.tar'), 'oci')
    expect(await load({ data: join(folder.path, 'other'), run: '' }, file)).toMatchObject([{ id }])
    rmSync(layout, { recursive: true })
    await expect(save(paths, join(folder.path, 'b.tar'), 'oci')).rejects.toMatchObject({
      code: 'image-not-found',
      message: `Cannot save image "${NAME}": the store has its layer ${base[0]} unpacked only, expected the packed form in which it came`,
    })
  })

  test('refuses a layer whose files have changed', async () => {
    using folder = temporaryFolder()
    const { paths, diffIds } = await storeWithBuilt(folder.path)
    const [changed, gone]: readonly (Digest | undefined)[] = diffIds
    if (changed === undefined || gone === undefined) throw new Error('no layers were built')
    const place = layerFolder(paths, gone)
    renameSync(place, join(folder.path, 'aside'))
    await expect(save(paths, join(folder.path, 'a.tar'), 'docker')).rejects.toThrow(
      `the store does not have its layer ${gone}`,
    )
    renameSync(join(folder.path, 'aside'), place)
    mkdirSync(join(layerFolder(paths, changed), 'more'))
    await expect(save(paths, join(folder.path, 'a.tar'), 'docker')).rejects.toThrow(`its layer ${changed}`)
  })
})
