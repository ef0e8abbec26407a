import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { fetchImage } from '../../../../src/engine/local/image/fetch-image.ts'
import type { Roots } from '../../../../src/engine/local/state/layout.ts'
import { imageById, lookupImage, openImage } from '../../../../src/store/images/lookup-image.ts'
import { digestOf, imageDocument, writeBlob, writeLayout } from '../../../support/hand-made-layout.ts'
import { findProgram, MAY_DOWNLOAD } from '../../../support/parts/find-program.ts'
import { tarArchive } from '../../../support/tar-archive.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const ignore = { onProgress: () => {} }

function rootsIn(folder: string): Roots {
  return { data: join(folder, 'data'), run: join(folder, 'run') }
}

function isTemporary(name: string): boolean {
  return name.startsWith('tmp-')
}

async function layerWith(name: string, content = name): Promise<Buffer> {
  return await tarArchive([{ name, content }])
}

describe('fetchImage()', () => {
  test('unpacks the layers of an OCI layout, after which lookupImage() and imageById() know it', async () => {
    using root = temporaryFolder()
    const roots = rootsIn(root.path)
    const layers = [await layerWith('a'), await layerWith('b')]
    const [id] = writeLayout(join(root.path, 'img'), [{ layers, config: { Cmd: ['/a'] }, tag: 'v1' }])
    const reference = `oci:${root.path}/img:v1`
    expect(lookupImage(roots, { reference })).toEqual({ kind: 'present', id, unpacked: false, isLocal: true })
    const image = await fetchImage(roots, { reference }, ignore)
    expect(image).toMatchObject({ id, reference, config: { command: ['/a'] } })
    expect(image.layers.map(layer => readdirSync(layer))).toEqual([['a'], ['b']])
    expect(lookupImage(roots, { reference })).toEqual({ kind: 'present', id, unpacked: true, isLocal: true })
    expect(openImage(roots, { reference })).toEqual(image)
    rmSync(join(root.path, 'img'), { recursive: true })
    expect(lookupImage(roots, { reference })).toEqual({ kind: 'present', id, unpacked: true, isLocal: true })
    expect(imageById(roots, image.id)).toEqual(image)
  })

  test('reads an archive of a layout, plain and gzipped', async () => {
    using root = temporaryFolder()
    const [id] = writeLayout(join(root.path, 'img'), [{ layers: [await layerWith('a')] }])
    execFileSync('tar', ['-C', join(root.path, 'img'), '-cf', join(root.path, 'img.tar'), '.'])
    writeFileSync(join(root.path, 'img.tgz'), gzipSync(readFileSync(join(root.path, 'img.tar'))))
    for (const file of ['img.tar', 'img.tgz']) {
      const roots = rootsIn(join(root.path, file, '..', `${file}.roots`))
      const reference = `oci-archive:${root.path}/${file}`
      expect((await fetchImage(roots, { reference }, ignore)).id).toBe(id)
      expect(lookupImage(roots, { reference })).toEqual({
        kind: 'present',
        id,
        unpacked: true,
        isLocal: true,
      })
      expect(readdirSync(join(roots.data, 'images')).filter(isTemporary)).toEqual([])
    }
  })

  const dockerForms = [
    { form: 'of old', layer: 'abc/layer.tar', config: (hex: string) => `${hex}.json` },
    { form: 'with OCI blobs', layer: 'blobs/sha256/', config: (hex: string) => `blobs/sha256/${hex}` },
  ]
  for (const { form, layer, config } of dockerForms) {
    test(`reads an archive of docker save ${form}`, async () => {
      using root = temporaryFolder()
      const archive = await layerWith('a')
      const document = JSON.stringify(imageDocument({ layers: [archive], config: { User: '5' } }))
      const id = digestOf(document)
      const layerName = layer.endsWith('/') ? layer + digestOf(archive).slice(7) : layer
      const configName = config(id.slice(7))
      const manifest = [{ Config: configName, RepoTags: ['app:1'], Layers: ['other/layer.tar'] }]
      const saved = await tarArchive([
        { name: layerName, content: archive },
        { name: 'other/layer.tar', type: 'symlink', linkname: `../${layerName}` },
        { name: configName, content: document },
        { name: 'manifest.json', content: JSON.stringify(manifest) },
      ])
      writeFileSync(join(root.path, 'saved.tar'), saved)
      const reference = `docker-archive:${root.path}/saved.tar:app:1`
      const image = await fetchImage(rootsIn(root.path), { reference }, ignore)
      expect(image).toMatchObject({ id, config: { user: '5' } })
      expect(readdirSync(image.layers[0] ?? '')).toEqual(['a'])
    })
  }

  test('chooses the manifest for this machine through a nested index', async () => {
    using root = temporaryFolder()
    const img = join(root.path, 'img')
    const here = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch }
    const ids = writeLayout(img, [
      { layers: [], config: { User: 'other' }, platform: { os: 'linux', architecture: 'mips' } },
      { layers: [await layerWith('a')], config: { User: 'here' }, platform: here },
    ])
    const inner = writeBlob(img, JSON.parse(readFileSync(join(img, 'index.json'), 'utf8')))
    writeFileSync(join(img, 'index.json'), JSON.stringify({ manifests: [inner] }))
    expect(lookupImage(rootsIn(root.path), { reference: `oci:${img}` })).toMatchObject({ id: ids[1] })
  })

  test('uses a folder as it is for rootfs:, and / too', async () => {
    using root = temporaryFolder()
    const roots = rootsIn(root.path)
    expect(lookupImage(roots, { reference: 'rootfs:/' })).toEqual({
      kind: 'present',
      id: digestOf('rootfs:/'),
      isLocal: true,
      unpacked: true,
    })
    const image = openImage(roots, { reference: 'rootfs:/' })
    expect(image.layers).toEqual(['/'])
    expect(imageById(roots, image.id)).toEqual(image)
  })

  test('unpacks large layers on worker threads', async () => {
    using root = temporaryFolder()
    const noise = Buffer.alloc(6 * 1024 * 1024)
    for (let index = 0; index < noise.length; index++) noise[index] = (index * 2_654_435_761) >>> 13
    const layers = await Promise.all(
      ['a', 'b', 'c'].map(name => tarArchive([{ name, content: Buffer.concat([Buffer.from(name), noise]) }])),
    )
    mkdirSync(join(root.path, 'img'))
    const document = imageDocument({ layers })
    mkdirSync(join(root.path, 'img/blobs/sha256'), { recursive: true })
    const img = join(root.path, 'img')
    const manifest = writeBlob(img, {
      config: writeBlob(img, document),
      layers: layers.map(layer => writeBlob(img, layer)),
    })
    writeFileSync(join(img, 'index.json'), JSON.stringify({ manifests: [manifest] }))
    const seen: number[] = []
    const image = await fetchImage(
      rootsIn(root.path),
      { reference: `oci:${img}` },
      {
        onProgress: progress => seen.push(progress.layersDone),
      },
    )
    expect(image.layers.map(layer => readdirSync(layer))).toEqual([['a'], ['b'], ['c']])
    expect(seen.at(-1)).toBe(3)
  })

  test('leaves one of two equal layers, the topmost', async () => {
    using root = temporaryFolder()
    const [a, b] = [await layerWith('a'), await layerWith('b')]
    writeLayout(join(root.path, 'img'), [{ layers: [a, b, a] }])
    const image = await fetchImage(rootsIn(root.path), { reference: `oci:${root.path}/img` }, ignore)
    expect(image.layers.map(layer => readdirSync(layer))).toEqual([['b'], ['a']])
  })

  test('leaves nothing behind of a layer that is refused, and removes what a killed process left', async () => {
    using root = temporaryFolder()
    const roots = rootsIn(root.path)
    mkdirSync(join(roots.data, 'layers/tmp-999999-1-1'), { recursive: true })
    writeLayout(join(root.path, 'img'), [{ layers: [await layerWith('../x')] }])
    await expect(fetchImage(roots, { reference: `oci:${root.path}/img` }, ignore)).rejects.toMatchObject({
      code: 'image-layer',
    })
    expect(readdirSync(join(roots.data, 'layers')).sort()).toEqual([
      'implied',
      'l',
      'origin',
      'sha256',
      'sizes',
    ])
    expect(lookupImage(roots, { reference: `oci:${root.path}/img` })).toMatchObject({ unpacked: false })
  })

  test('two fetches of one image at once both succeed', async () => {
    using root = temporaryFolder()
    const roots = rootsIn(root.path)
    writeLayout(join(root.path, 'img'), [{ layers: [await layerWith('a')] }])
    const [one, two] = await Promise.all(
      [1, 2].map(() => fetchImage(roots, { reference: `oci:${root.path}/img` }, ignore)),
    )
    expect(one).toEqual(two)
    expect(readdirSync(join(roots.data, 'layers')).sort()).toEqual([
      'implied',
      'l',
      'origin',
      'sha256',
      'sizes',
    ])
  })
})

describe('fetchImage() says', () => {
  test('which tags there are', async () => {
    using root = temporaryFolder()
    const layers = [await layerWith('a')]
    writeLayout(join(root.path, 'img'), [
      { layers, tag: 'v1' },
      { layers, tag: 'v2' },
    ])
    for (const tag of ['', ':v3']) {
      await expect(
        fetchImage(rootsIn(root.path), { reference: `oci:${root.path}/img${tag}` }, ignore),
      ).rejects.toMatchObject({
        code: 'image-not-found',
        message: expect.stringContaining('it has "v1", "v2"'),
      })
    }
  })

  const broken: ReadonlyArray<{
    readonly what: string
    readonly code: string
    readonly make: (img: string) => void
  }> = [
    {
      what: 'a path that is missing',
      code: 'image-not-found',
      make: img => rmSync(img, { recursive: true }),
    },
    {
      what: 'a folder that is no layout',
      code: 'image-invalid',
      make: img => rmSync(join(img, 'index.json')),
    },
    {
      what: 'an index that is no JSON',
      code: 'image-invalid',
      make: img => writeFileSync(join(img, 'index.json'), '{'),
    },
    {
      what: 'an index that is too large to be one',
      code: 'image-invalid',
      make: img => appendFileSync(join(img, 'index.json'), ' '.repeat(4 * 1024 * 1024)),
    },
    {
      what: 'an empty index',
      code: 'image-not-found',
      make: img => writeFileSync(join(img, 'index.json'), '{}'),
    },
    {
      what: 'a digest that leads out of the layout',
      code: 'image-invalid',
      make: img => writeFileSync(join(img, 'index.json'), '{"manifests":[{"digest":"sha256:../../x"}]}'),
    },
    {
      what: 'blobs that were changed',
      code: 'image-invalid',
      make: img => {
        for (const name of readdirSync(join(img, 'blobs/sha256')))
          writeFileSync(join(img, 'blobs/sha256', name), '{}')
      },
    },
    {
      what: 'blobs that are missing',
      code: 'image-invalid',
      make: img => rmSync(join(img, 'blobs'), { recursive: true }),
    },
  ]
  for (const { what, code, make } of broken) {
    test(`what is wrong with ${what}, and lookupImage() calls it absent`, async () => {
      using root = temporaryFolder()
      const img = join(root.path, 'img')
      writeLayout(img, [{ layers: [await layerWith('a')] }])
      make(img)
      await expect(fetchImage(rootsIn(root.path), { reference: `oci:${img}` }, ignore)).rejects.toMatchObject(
        {
          code,
          message: expect.stringContaining(`image "oci:${img}"`),
        },
      )
      expect(lookupImage(rootsIn(root.path), { reference: `oci:${img}` })).toEqual({
        kind: 'absent',
        isLocal: true,
      })
    })
  }

  test('that a layer is not what the configuration says', async () => {
    using root = temporaryFolder()
    writeLayout(join(root.path, 'img'), [{ layers: [await layerWith('a')], diffIds: [digestOf('another')] }])
    await expect(
      fetchImage(rootsIn(root.path), { reference: `oci:${root.path}/img` }, ignore),
    ).rejects.toMatchObject({
      code: 'image-layer',
    })
  })
})

test(
  'fetchImage() unpacks the tree that umoci packed, with modes, owners, links and attributes',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    const umoci = await findProgram('umoci')
    if (umoci.kind === 'missing') return skip(umoci.reason)
    using root = temporaryFolder()
    const run = (program: string, ...args: string[]) =>
      execFileSync(program, args, { cwd: root.path, stdio: 'pipe' })
    run(...umoci.command, 'init', '--layout', 'lay')
    run(...umoci.command, 'new', '--image', 'lay:x')
    run(...umoci.command, 'unpack', '--image', 'lay:x', 'bundle')
    const rootfs = join(root.path, 'bundle/rootfs')
    mkdirSync(join(rootfs, 'bin'))
    copyFileSync('/bin/true', join(rootfs, 'bin/true'))
    symlinkSync('true', join(rootfs, 'bin/link'))
    run('ln', join(rootfs, 'bin/true'), join(rootfs, 'bin/twin'))
    run('mkfifo', '-m', '620', join(rootfs, 'fifo'))
    run('chown', '-R', '12:34', join(rootfs, 'bin'))
    run('chmod', '6711', join(rootfs, 'bin/true'))
    run('find', rootfs, '-exec', 'touch', '-h', '-d', '2001-02-03 04:05:06', '{}', '+')
    run(...umoci.command, 'repack', '--image', 'lay:x', 'bundle')
    const image = await fetchImage(rootsIn(root.path), { reference: `oci:${root.path}/lay:x` }, ignore)
    const listing = (path: string) =>
      execFileSync('find', ['.', '-mindepth', '1', '-printf', '%P %y %m %U:%G %l %n %Ts\\n'], { cwd: path })
        .toString()
        .split('\n')
        .sort()
    expect(listing(`${image.layers[0]}/`)).toEqual(listing(rootfs))
  },
)
