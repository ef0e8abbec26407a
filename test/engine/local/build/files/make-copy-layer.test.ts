import {
  chmodSync,
  constants,
  lstatSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeNode, setXattr } from '../../../../../src/disk/inode.ts'
import { openLayersTree } from '../../../../../src/engine/local/build/files/layers-tree.ts'
import { CopyScene, copyOperation, listTree, SPAN, type Things } from '../../../../support/copy-scene.ts'

const BASE: Things = {
  'etc/passwd': 'root:x:0:0::/root:\napp:x:1000:1001::/home/app:\n',
  'etc/group': 'root:x:0:\nstaff:x:50:\n',
  'opt/real/old': 'old\n',
  'opt/link': { link: 'real' },
  'opt/full/one': '1\n',
  srv: { mode: 0o2750, uid: 5, gid: 6 },
}

const CONTEXT: Things = {
  'a.txt': 'a',
  'b.txt': 'b',
  '.hidden': 'h',
  'd1/a': 'a1',
  'd1/sub/b': 'b1',
  'd2/a': 'a2',
  'd2/c': 'c2',
  run: { text: '#!', mode: 0o755 },
  'x/y/b.txt': 'b',
  'x/y/z/c.txt': 'c',
  'x/y/z/d.md': 'd',
  'to-a': { link: 'a.txt' },
  'to-d1': { link: 'd1' },
}

/** cap_net_bind_service, as the kernel keeps it. */
const CAPABILITY = Buffer.from('0100000200040000000000000000000000000000', 'hex')

/** Lists what the lines of a Dockerfile add to or change in the files. */
async function changesBy(
  lines: readonly string[],
  things: { context?: Things; base?: readonly Things[] } = {},
) {
  using scene = new CopyScene({ context: CONTEXT, base: [BASE], ...things })
  const before = await scene.list()
  for (const line of lines) await scene.copy(line)
  const list = await scene.list()
  return Object.fromEntries(Object.entries(list).filter(([path, line]) => before[path] !== line))
}

describe('makeCopyLayer()', () => {
  test.each<{ name: string; lines: readonly string[]; made: Readonly<Record<string, string>> }>([
    {
      name: 'puts a file at a path, or into a folder that is there or has a slash',
      lines: ['a.txt /one', 'a.txt /two/', 'a.txt /opt', 'a.txt b.txt /three/four/'],
      made: {
        '/one': 'file 644 0:0 1',
        '/opt/a.txt': 'file 644 0:0 1',
        '/three': 'folder 755 0:0',
        '/three/four': 'folder 755 0:0',
        '/three/four/a.txt': 'file 644 0:0 1',
        '/three/four/b.txt': 'file 644 0:0 1',
        '/two': 'folder 755 0:0',
        '/two/a.txt': 'file 644 0:0 1',
      },
    },
    {
      name: 'takes the last of several sources without a slash',
      lines: ['a.txt run /last'],
      made: { '/last': 'file 755 0:0 2' },
    },
    {
      name: 'copies what is in a folder, and merges',
      lines: ['d1 d2/ /both'],
      made: {
        '/both': 'folder 755 0:0',
        '/both/a': 'file 644 0:0 2',
        '/both/c': 'file 644 0:0 2',
        '/both/sub': 'folder 755 0:0',
        '/both/sub/b': 'file 644 0:0 2',
      },
    },
    {
      name: 'flattens what wildcards match',
      lines: ['d* /all/', '*.txt /texts/', 'nothing* /nowhere/'],
      made: {
        '/all': 'folder 755 0:0',
        '/all/a': 'file 644 0:0 2',
        '/all/c': 'file 644 0:0 2',
        '/all/sub': 'folder 755 0:0',
        '/all/sub/b': 'file 644 0:0 2',
        '/texts': 'folder 755 0:0',
        '/texts/a.txt': 'file 644 0:0 1',
        '/texts/b.txt': 'file 644 0:0 1',
      },
    },
    {
      name: 'follows links of sources, but not those in folders',
      lines: ['to-a /a/', 'to-d1 /d/', 'to-? /w/'],
      made: {
        '/a': 'folder 755 0:0',
        '/a/to-a': 'file 644 0:0 1',
        '/d': 'folder 755 0:0',
        '/d/a': 'file 644 0:0 2',
        '/d/sub': 'folder 755 0:0',
        '/d/sub/b': 'file 644 0:0 2',
        '/w': 'folder 755 0:0',
        '/w/to-a': 'file 644 0:0 1',
      },
    },
    {
      name: 'follows links of the stage on the way and at the end',
      lines: ['a.txt /opt/link/', 'a.txt /opt/link/old'],
      made: { '/opt/real/a.txt': 'file 644 0:0 1', '/opt/real/old': 'file 644 0:0 1' },
    },
    {
      name: 'replaces with --link what is in the way',
      lines: ['--link a.txt /opt/link/'],
      made: { '/opt/link': 'folder 755 0:0', '/opt/link/a.txt': 'file 644 0:0 1' },
    },
    {
      name: 'gives --chown also to folders that it makes, not to those that are there',
      lines: [
        '--chown=app d1 /srv/new/',
        '--chown=7 a.txt /srv/',
        '--chown=app:staff a.txt /x/y',
        '--chown=:50 a.txt /z',
        '--chown=app: a.txt /zz',
      ],
      made: {
        '/srv/a.txt': 'file 644 7:7 1',
        '/srv/new': 'folder 2755 1000:1001',
        '/srv/new/a': 'file 644 1000:1001 2',
        '/srv/new/sub': 'folder 755 1000:1001',
        '/srv/new/sub/b': 'file 644 1000:1001 2',
        '/x': 'folder 755 1000:50',
        '/x/y': 'file 644 1000:50 1',
        '/z': 'file 644 0:50 1',
        '/zz': 'file 644 1000:0 1',
      },
    },
    {
      name: 'gives --chmod also to folders that it makes',
      lines: ['--chmod=4711 d1 /m/n/', '--chmod=u=rwX,go=rX run a.txt d1 /s/'],
      made: {
        '/m': 'folder 711 0:0',
        '/m/n': 'folder 711 0:0',
        '/m/n/a': 'file 4711 0:0 2',
        '/m/n/sub': 'folder 4711 0:0',
        '/m/n/sub/b': 'file 4711 0:0 2',
        '/s': 'folder 755 0:0',
        '/s/a': 'file 644 0:0 2',
        '/s/a.txt': 'file 644 0:0 1',
        '/s/run': 'file 755 0:0 2',
        '/s/sub': 'folder 755 0:0',
        '/s/sub/b': 'file 644 0:0 2',
      },
    },
    {
      name: 'keeps folders with --parents, from /./ on if it is there',
      lines: ['--parents x/y/b.txt /p1/', '--parents x/./y/b.txt /p2/', '--parents ./x/**/*.txt /p3/'],
      made: {
        '/p1': 'folder 755 0:0',
        '/p1/x': 'folder 755 0:0',
        '/p1/x/y': 'folder 755 0:0',
        '/p1/x/y/b.txt': 'file 644 0:0 1',
        '/p2': 'folder 755 0:0',
        '/p2/y': 'folder 755 0:0',
        '/p2/y/b.txt': 'file 644 0:0 1',
        '/p3': 'folder 755 0:0',
        '/p3/x': 'folder 755 0:0',
        '/p3/x/y': 'folder 755 0:0',
        '/p3/x/y/b.txt': 'file 644 0:0 1',
        '/p3/x/y/z': 'folder 755 0:0',
        '/p3/x/y/z/c.txt': 'file 644 0:0 1',
      },
    },
    {
      name: 'leaves out with --exclude what is in a folder, not a source itself',
      lines: ['--exclude=**/*.txt --exclude=!x/y/b.txt x a.txt /e/', '--exclude=y --exclude=!y/z/d.md x /f/'],
      made: {
        '/e': 'folder 755 0:0',
        '/e/a.txt': 'file 644 0:0 1',
        '/e/y': 'folder 755 0:0',
        '/e/y/z': 'folder 755 0:0',
        '/e/y/z/d.md': 'file 644 0:0 1',
        '/f': 'folder 755 0:0',
        '/f/y': 'folder 755 0:0',
        '/f/y/z': 'folder 755 0:0',
        '/f/y/z/d.md': 'file 644 0:0 1',
      },
    },
  ])('$name', async ({ lines, made }) => {
    expect(await changesBy(lines)).toEqual(made)
  })

  test('keeps a folder of the stage as it is, but for one that is copied over it', async () => {
    const context: Things = { 'new/in/f': 'f', 'new/in': { mode: 0o700 } }
    const base: Things = { top: { mode: 0o2750, uid: 5, gid: 6 }, 'top/in': { mode: 0o711, uid: 5, gid: 6 } }
    const made = await changesBy(['--chown=1:2 new /top'], { context, base: [base] })
    expect(made).toEqual({ '/top/in': 'folder 700 1:2', '/top/in/f': 'file 644 1:2 1' })
  })

  test('keeps modification times of files, and gives the folder that it fills that of the source', async () => {
    using scene = new CopyScene({ context: CONTEXT, base: [BASE] })
    utimesSync(join(scene.contextFolder, 'd1/a'), 1_000_000, 1_500_000.25)
    utimesSync(join(scene.contextFolder, 'd1/sub'), 1_000_000, 1_400_000)
    utimesSync(join(scene.contextFolder, 'd1'), 1_000_000, 1_300_000)
    const folder = await scene.copy('d1 /t')
    expect(lstatSync(join(folder, 't/a')).mtimeMs).toBe(1_500_000_250)
    expect(lstatSync(join(folder, 't/sub')).mtimeMs).toBe(1_400_000_000)
    expect(lstatSync(join(folder, 't')).mtimeMs).toBe(1_300_000_000)
  })

  test('puts into the layer only what changes, with folders of the stage as they are', async () => {
    using scene = new CopyScene({ context: CONTEXT, base: [BASE] })
    const [base] = scene.layers
    utimesSync(join(base?.folder ?? '', 'srv'), 1, 2)
    const folder = await scene.copy('a.txt /srv/deep/')
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['srv', 'srv/deep', 'srv/deep/a.txt'])
    const { mode, uid, gid, mtimeMs } = lstatSync(join(folder, 'srv'))
    expect([mode & 0o7777, uid, gid, mtimeMs]).toEqual([0o2750, 5, 6, 2000])
  })

  test('makes a layer also where nothing is copied', async () => {
    using scene = new CopyScene({ context: CONTEXT, base: [BASE] })
    expect(readdirSync(await scene.copy('none* /srv/deep/'))).toEqual([])
  })

  test('keeps hard links within a folder, not across sources', async () => {
    const context: Things = { 'd/one': 'same', 'd/two': { hardLink: 'd/one' }, three: { hardLink: 'd/one' } }
    expect(await changesBy(['d three /h/'], { context })).toEqual({
      '/h': 'folder 755 0:0',
      '/h/one': 'file 644 0:0 4',
      '/h/three': 'file 644 0:0 4',
      '/h/two': 'file 644 0:0 4 = /h/one',
    })
  })

  test('copies from layers with owners, devices, FIFOs and capabilities, and sockets as empty files', async () => {
    using stage = new CopyScene({
      base: [{ 'd/f': { text: 'f', mode: 0o4755, uid: 3, gid: 4 }, 'd/in': {} }],
    })
    const folder = join(stage.layers[0]?.folder ?? '', 'd')
    setXattr(join(folder, 'f'), 'security.capability', CAPABILITY)
    setXattr(join(folder, 'f'), 'user.note', Buffer.from('dropped'))
    setXattr(folder, 'user.note', Buffer.from('dropped'))
    setXattr(join(folder, 'in'), 'user.note', Buffer.from('dropped'))
    makeNode(join(folder, 'null'), { mode: constants.S_IFCHR | 0o666, major: 1, minor: 3 })
    makeNode(join(folder, 'disk'), { mode: constants.S_IFBLK | 0o600, major: 8, minor: 300 })
    makeNode(join(folder, 'fifo'), { mode: constants.S_IFIFO | 0o600, major: 0, minor: 0 })
    makeNode(join(folder, 'socket'), { mode: constants.S_IFSOCK | 0o755, major: 0, minor: 0 })
    using scene = new CopyScene({ base: [{}] })
    scene.trees.set('other', await openLayersTree(stage.layers))
    await scene.copy('--from=other d /copy')
    expect(await scene.list()).toEqual({
      '/copy': 'folder 755 0:0',
      '/copy/disk': 'block 600 0:0 8:300',
      '/copy/f': `file 4755 3:4 1 security.capability=${CAPABILITY.toString('base64')}`,
      '/copy/fifo': 'fifo 600 0:0',
      '/copy/in': 'folder 755 0:0',
      '/copy/null': 'char 644 0:0 1:3',
      '/copy/socket': 'file 755 0:0 0',
    })
  })

  test('copies a socket of a context as an empty file of its mode', async () => {
    using scene = new CopyScene({ context: { d: {} } })
    for (const path of ['one', 'd/two'])
      makeNode(join(scene.contextFolder, path), { mode: constants.S_IFSOCK | 0o711, major: 0, minor: 0 })
    await scene.copy('. /all')
    await scene.copy('one /one')
    expect(await scene.list()).toMatchObject({
      '/all/d/two': 'file 711 0:0 0',
      '/all/one': 'file 711 0:0 0',
      '/one': 'file 711 0:0 0',
    })
  })

  test('copies names of any bytes', async () => {
    using scene = new CopyScene({ context: { d: {} } })
    const name = Buffer.from([0x61, 0xff, 0x0a, 0xc3, 0xa4])
    writeFileSync(Buffer.concat([Buffer.from(join(scene.contextFolder, 'd/')), name]), 'x')
    writeFileSync(Buffer.concat([Buffer.from(`${scene.contextFolder}/`), name]), 'y')
    await scene.copy('d ?\uFFFD* /x/')
    const folder = await scene.copy('* /y/')
    expect(readdirSync(join(folder, 'y'), { encoding: 'buffer' })).toEqual([name])
  })

  test('copies large files', async () => {
    using scene = new CopyScene({
      context: { 'd/large': { text: 'x'.repeat(5 * 1024 * 1024), mode: 0o711 } },
    })
    await scene.copy('--chown=7 d d/large /x/')
    expect(await scene.list()).toEqual({ '/x': 'folder 755 7:7', '/x/large': 'file 711 7:7 5242880' })
  })

  test('gives the layer the root of the stage, also with --link', async () => {
    using scene = new CopyScene({ context: CONTEXT, base: [{}] })
    chmodSync(scene.layers[0]?.folder ?? '', 0o711)
    const folders = [await scene.copy('a.txt /x'), await scene.copy('--link a.txt /y'), scene.workdir('/z')]
    expect(folders.map(folder => lstatSync(folder).mode & 0o7777)).toEqual([0o711, 0o711, 0o711])
  })

  test('warns of a name that the stage does not have, and takes it for 0', async () => {
    using scene = new CopyScene({ context: CONTEXT, base: [BASE] })
    await scene.copy('--chown=ghost a.txt /b')
    expect((await scene.list())['/b']).toBe('file 644 0:0 1')
    expect(scene.warnings).toEqual(['"--chown=ghost" is taken for 0: the stage has no user "ghost"'])
  })

  test.each([
    { line: 'missing.txt /b', message: 'Cannot copy "missing.txt": the build context has nothing there' },
    { line: 'd1/sub/x /b', message: 'Cannot copy "d1/sub/x": the build context has nothing there' },
    { line: 'a.tx /b', hint: 'did you mean "a.txt"?' },
    { line: 'd3/* /b', message: 'Cannot copy "d3": the build context has nothing there' },
    { line: '--parents x/none /b', message: 'Cannot copy "x/none": the build context has nothing there' },
    { line: 'a.txt /opt/full/one/x', message: '"/opt/full/one" is not a directory' },
    { line: 'd1 /opt/full/one', message: '"/opt/full/one" is a file, expected a folder or nothing' },
    { line: 'x/y /deep', context: { 'x/y/f/g': '' }, base: { 'deep/f': '' }, message: '"/deep/f" is a file' },
    {
      line: 'x/y /deep',
      context: { 'x/y/f': '' },
      base: { 'deep/f/g': '' },
      message: '"/deep/f" is a folder',
    },
    { line: 'a.txt /loop/x', base: { loop: { link: 'loop' } }, message: 'its links lead in a circle' },
    { line: '--chmod=8 a.txt /b', message: 'Cannot use "--chmod=8": it is no mode' },
    { line: '--link --chown=app a.txt /b', message: '"--link" does not look at the files of the stage' },
  ])(
    'refuses COPY $line at its source',
    async ({ line, context = CONTEXT, base = BASE, message = '', hint }) => {
      using scene = new CopyScene({ context, base: [base] })
      const failure = scene.copy(line)
      await expect(failure).rejects.toMatchObject({ span: SPAN, ...(hint !== undefined && { hint }) })
      await expect(failure).rejects.toThrow(message)
    },
  )

  test('writes here-documents after all else, as files of 644', async () => {
    using scene = new CopyScene({ context: CONTEXT })
    const inline = { kind: 'inline', name: 'EOF', content: 'ä\n', span: SPAN } as const
    const [file] = copyOperation('a.txt /f').sources
    await scene.copy(
      copyOperation('--chown=1 a.txt /f', { sources: file === undefined ? [inline] : [inline, file] }),
    )
    await scene.copy(copyOperation('x /in/', { sources: [inline] }))
    expect(await scene.list()).toEqual({
      '/f': 'file 644 1:1 3',
      '/in': 'folder 755 0:0',
      '/in/EOF': 'file 644 0:0 3',
    })
  })

  test('makes links to files of an earlier run that are the same', async () => {
    using scene = new CopyScene({ context: CONTEXT, base: [BASE] })
    const first = await scene.copy('. /all')
    const previous = scene.layers.pop()
    writeFileSync(join(scene.contextFolder, 'd1/a'), 'other')
    const second = await scene.copy('. /all', { previous })
    const inode = (folder: string, path: string) => lstatSync(join(folder, path)).ino
    expect(inode(second, 'all/d2/a')).toBe(inode(first, 'all/d2/a'))
    expect(inode(second, 'all/d1/a')).not.toBe(inode(first, 'all/d1/a'))
    expect(readFileSync(join(second, 'all/d1/a'), 'utf8')).toBe('other')
    expect(listTree(await openLayersTree(scene.layers))['/all/d2/a']).toBe('file 644 0:0 2')
  })

  test('clamps times before files become links to those of an earlier run', async () => {
    using scene = new CopyScene({ context: { 'd/early': 'e', 'd/late': 'l' } })
    utimesSync(join(scene.contextFolder, 'd/early'), 1000, 1000)
    utimesSync(join(scene.contextFolder, 'd/late'), 9000, 9000)
    const first = await scene.copy('d /all')
    const previous = scene.layers.pop()
    const second = await scene.copy('d /all', { previous, clampSeconds: 5000 })
    const inode = (folder: string, path: string) => lstatSync(join(folder, path)).ino
    expect(inode(second, 'all/early')).toBe(inode(first, 'all/early'))
    expect(inode(second, 'all/late')).not.toBe(inode(first, 'all/late'))
    expect(lstatSync(join(second, 'all/late')).mtimeMs).toBe(5_000_000)
    expect(lstatSync(join(first, 'all/late')).mtimeMs).toBe(9_000_000)
  })

  test('makes the same layer of the same files', async () => {
    using scene = new CopyScene({ context: CONTEXT, base: [BASE] })
    const folders = []
    for (const _ of [1, 2]) {
      folders.push(await scene.copy('--chown=7 a.txt d1 /deep/er/'))
      scene.layers.pop()
    }
    const times = folders.map(folder =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .sort()
        .map(path => [path, lstatSync(join(folder, path), { bigint: true }).mtimeNs]),
    )
    expect(times[1]).toEqual(times[0])
  })

  test('tells which files changed since they were hashed', async () => {
    using scene = new CopyScene({ context: CONTEXT, base: [BASE] })
    const access = scene.access()
    await scene.copy('a.txt /x')
    expect(scene.changed).toEqual([])
    const tree = await access.treeOf({ kind: 'context', name: '' })
    const file = tree.child(tree.root, 'a.txt')
    writeFileSync(join(scene.contextFolder, 'a.txt'), 'changed')
    const stats = lstatSync(join(scene.contextFolder, 'a.txt'), { bigint: true })
    expect(file !== undefined && tree.isUnchanged(file, stats)).toBe(false)
  })
})
