import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LayeredTree } from '../../../src/disk/layered-tree.ts'
import { fetchImage } from '../../../src/engine/local/image/fetch-image.ts'
import type { Image } from '../../../src/model/image.ts'
import { inspectImage } from '../../../src/store/inspect-image.ts'
import { pruneImages } from '../../../src/store/prune-images.ts'
import { removeImages } from '../../../src/store/remove-images.ts'
import { writeLayout } from '../../support/hand-made-layout.ts'
import { usersIn } from '../../support/image-store.ts'
import { findProgram, MAY_DOWNLOAD } from '../../support/parts/find-program.ts'
import { type TestEntry, tarArchive } from '../../support/tar-archive.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const ignore = { onProgress: () => {} }

const folder = (name: string, mode: number): TestEntry => ({ name, type: 'directory', mode, uid: 7, gid: 8 })
const file = (name: string): TestEntry => ({ name, content: 'x', mode: 0o644 })
const LOWER = [folder('etc', 0o751), folder('etc/deep', 0o750)]

async function fetchLayers(
  path: string,
  layers: ReadonlyArray<readonly TestEntry[]>,
): Promise<{ readonly image: Image; readonly roots: { readonly data: string; readonly run: string } }> {
  const roots = { data: join(path, 'data'), run: path }
  const archives: Buffer[] = []
  for (const layer of layers) archives.push(await tarArchive(layer))
  writeLayout(join(path, 'img'), [{ layers: archives }])
  return { image: await fetchImage(roots, { reference: `oci:${path}/img` }, ignore), roots }
}

const cases: ReadonlyArray<{
  readonly what: string
  readonly layers: ReadonlyArray<readonly TestEntry[]>
  readonly mode: number
  readonly covers: boolean
}> = [
  { what: 'has a lower entry', layers: [LOWER, [file('etc/deep/x')]], mode: 0o750, covers: true },
  {
    what: 'has a lower entry below another layer without one',
    layers: [LOWER, [file('etc/deep/x')], [file('etc/deep/y')]],
    mode: 0o750,
    covers: true,
  },
  {
    what: 'has the upper of two entries',
    layers: [LOWER, [folder('etc/deep', 0o700)], [file('etc/deep/y')]],
    mode: 0o700,
    covers: true,
  },
  {
    what: 'has an entry in the topmost layer',
    layers: [LOWER, [file('etc/deep/x')], [folder('etc', 0o711), folder('etc/deep', 0o711)]],
    mode: 0o711,
    covers: false,
  },
  { what: 'has no entry at all', layers: [[file('etc/deep/x')]], mode: 0o755, covers: false },
  {
    what: 'was removed by its layer',
    layers: [[folder('etc/deep', 0o750)], [file('etc/.wh.deep'), file('etc/deep/x')]],
    mode: 0o755,
    covers: false,
  },
  {
    what: 'was removed by its layer, which says so late',
    layers: [[folder('etc/deep', 0o750)], [file('etc/deep/x'), file('etc/.wh.deep')]],
    mode: 0o755,
    covers: false,
  },
  {
    what: 'was emptied by its layer',
    layers: [LOWER, [file('etc/deep/.wh..wh..opq'), file('etc/deep/x')]],
    mode: 0o750,
    covers: true,
  },
  {
    what: 'is in a folder that its layer emptied',
    layers: [
      [folder('etc/deep', 0o750)],
      [folder('etc', 0o755), file('etc/.wh..wh..opq'), file('etc/deep/x')],
    ],
    mode: 0o755,
    covers: false,
  },
  {
    what: 'lies over a link that lies over a folder',
    layers: [LOWER, [{ name: 'etc/deep', type: 'symlink', linkname: '/etc' }], [file('etc/deep/x')]],
    mode: 0o755,
    covers: true,
  },
]
for (const { what, layers, mode, covers } of cases) {
  test(`storeCoverLayer() gives an implied folder that ${what} the mode ${mode.toString(8)}`, async () => {
    using root = temporaryFolder()
    const { image } = await fetchLayers(root.path, layers)
    expect(image.layers.length).toBe(layers.length + (covers ? 1 : 0))
    const found = new LayeredTree(image.layers).lookup('etc/deep')
    expect((found?.stats.mode ?? 0n) & 0o7777n).toBe(BigInt(mode))
  })
}

test('storeCoverLayer() gives the root the lower attributes where they are not those of a new folder', async () => {
  using root = temporaryFolder()
  const { image } = await fetchLayers(root.path, [[folder('./', 0o711)], [file('x')]])
  expect(image.layers.length).toBe(3)
  expect(statSync(`${image.layers[2]}/`)).toMatchObject({ uid: 7, gid: 8 })
  expect(statSync(`${image.layers[2]}/`).mode & 0o7777).toBe(0o711)
})

test('a layer whose implied folders were never noted goes without a cover, and the layer of a cover goes with its image', async () => {
  using root = temporaryFolder()
  const { image, roots } = await fetchLayers(root.path, [LOWER, [file('etc/deep/x')]])
  const [, , cover = ''] = image.layers
  expect(inspectImage(roots, { reference: image.id }, usersIn(roots)()).layers.length).toBe(2)
  const layersDir = join(roots.data, 'layers')
  expect(readdirSync(join(layersDir, 'implied')).length).toBe(2)
  await pruneImages(roots, { readUsers: usersIn(roots), all: false })
  expect(existsSync(cover)).toBe(true)
  await removeImages(roots, { readUsers: usersIn(roots), images: [{ reference: image.id }], force: false })
  for (const name of ['sha256', 'l', 'sizes', 'implied']) {
    expect(readdirSync(join(layersDir, name))).toEqual([])
  }

  const again = await fetchLayers(root.path, [LOWER, [file('etc/deep/x')]])
  rmSync(join(layersDir, 'implied'), { recursive: true })
  expect(again.image.layers.length).toBe(3)
  const old = await fetchImage(roots, { reference: again.image.reference }, ignore)
  expect(old.layers).toEqual(again.image.layers.slice(0, 2))
})

/** Names, kinds, modes, owners, times and contents, to the byte. */
const TREE =
  "tar --sort=name --format=pax --pax-option=delete=atime,delete=ctime --xattrs --xattrs-include='user.*' --numeric-owner -cf - *"

test(
  'an image whose upper layer implies folders has the tree that umoci gives it',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    const umoci = await findProgram('umoci')
    if (umoci.kind === 'missing') return skip(umoci.reason)
    const setfattr = await findProgram('setfattr')
    if (setfattr.kind === 'missing') return skip(setfattr.reason)
    using root = temporaryFolder()
    const at = (name: string) => join(root.path, name)
    const run = (...args: string[]) =>
      execFileSync(args[0] ?? '', args.slice(1), { cwd: root.path, stdio: 'pipe' })
    const repack = () => run(...umoci.command, 'repack', '--refresh-bundle', '--image', 'lay:x', 'bundle')
    run(...umoci.command, 'init', '--layout', 'lay')
    run(...umoci.command, 'new', '--image', 'lay:x')
    run(...umoci.command, 'unpack', '--image', 'lay:x', 'bundle')
    const deep = at('bundle/rootfs/etc/deep/er')
    mkdirSync(deep, { recursive: true })
    writeFileSync(join(deep, 'a'), 'a')
    run('chown', '-R', '12:34', at('bundle/rootfs/etc'))
    run('chmod', '2751', deep)
    run(...setfattr.command, '-n', 'user.note', '-v', 'kept', deep)
    run('find', at('bundle/rootfs'), '-exec', 'touch', '-d', '2001-02-03 04:05:06', '{}', '+')
    repack()
    writeFileSync(join(deep, 'b'), 'b')
    run('touch', '-d', '2002-03-04 05:06:07', join(deep, 'b'))
    run('touch', '-d', '2001-02-03 04:05:06', deep)
    repack()

    const roots = { data: at('data'), run: root.path }
    const image = await fetchImage(roots, { reference: `oci:${at('lay')}:x` }, ignore)
    expect(existsSync(join(image.layers.at(-2) ?? '', 'etc/deep/er/b'))).toBe(true)
    run(...umoci.command, 'unpack', '--image', 'lay:x', 'judge')
    mkdirSync(at('m'))
    const lower = image.layers.toReversed().join(':')
    const script = `mount -t overlay none -o "lowerdir=${lower}" m; cd m; ${TREE}`
    const tree = run('unshare', '-m', '/bin/sh', '-ec', script)
    const wanted = run('/bin/sh', '-ec', `cd judge/rootfs; ${TREE}`)
    const list = (tar: Buffer) =>
      execFileSync('tar', ['--full-time', '--numeric-owner', '-tvf', '-'], { input: tar }).toString()
    expect(list(wanted)).toMatch(/^drwxr-s--x 12\/34 +0 2001-02-03 04:05:06 etc\/deep\/er\/$/m)
    expect(wanted.includes('user.note=kept')).toBe(true)
    expect(list(tree)).toBe(list(wanted))
    expect(tree.equals(wanted)).toBe(true)
  },
)
