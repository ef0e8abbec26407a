import {
  appendFileSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytePath, displayPath } from '../../../../src/disk/byte-path.ts'
import { openedFile } from '../../../../src/disk/opened-file.ts'
import type { MirroredFile, MirrorRequest } from '../../../../src/engine/file-mirror.ts'
import { ContainerFolders } from '../../../../src/engine/local/files/container-folders.ts'
import { mirrorFiles } from '../../../../src/engine/local/files/mirror-files.ts'
import { MirrorRecord } from '../../../../src/engine/local/files/mirror-record.ts'
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts'

/** A folder of this machine, one that stands for the root of a container, and what is remembered of both. */
class Scene implements Disposable {
  readonly #folder: TemporaryFolder
  readonly host: string
  readonly root: string
  readonly recordPath: string

  constructor() {
    this.#folder = temporaryFolder()
    this.host = join(this.#folder.path, 'host')
    this.root = join(this.#folder.path, 'root')
    this.recordPath = join(this.#folder.path, 'mirror')
    mkdirSync(this.host)
    mkdirSync(join(this.root, 'app'), { recursive: true })
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]()
  }

  file(name: string): MirroredFile {
    return name === ''
      ? { source: this.host, target: '/app', top: this.host }
      : { source: bytePath(`${this.host}/${name}`), target: bytePath(`/app/${name}`), top: this.host }
  }

  async mirror(names: readonly string[], trust: MirrorRequest['trust'] = 'changed') {
    using root = openedFile(openSync(this.root, constants.O_DIRECTORY))
    using folders = new ContainerFolders(root.fd, {
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
    })
    const record = new MirrorRecord(this.recordPath)
    const { signal } = new AbortController()
    const files = names.map(name => this.file(name))
    return await mirrorFiles({ folders, owner: undefined, record }, { files, trust, signal })
  }

  /** Mirrors all that is there now and all that was mirrored before. */
  async mirrorAll(trust: MirrorRequest['trust'] = 'changed') {
    const known = new MirrorRecord(this.recordPath).paths.map(({ target }) =>
      displayPath(target).slice('/app/'.length),
    )
    return this.mirror([...new Set([...namesBelow(this.host), ...known])].sort(), trust)
  }
}

function namesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
}

/** What is in a folder: for each path its kind, mode and content. */
function treeOf(folder: string): ReadonlyMap<string, string> {
  return new Map(
    namesBelow(folder).map(name => {
      const path = join(folder, name)
      const stats = lstatSync(path)
      const mode = (stats.mode & 0o7777).toString(8)
      if (stats.isSymbolicLink()) return [name, `-> ${readlinkSync(path)}`]
      return [name, stats.isDirectory() ? `folder ${mode}` : `${mode} ${readFileSync(path, 'utf8')}`]
    }),
  )
}

test('mirrorFiles() makes files, folders and links with their modes and times', async () => {
  using scene = new Scene()
  mkdirSync(join(scene.host, 'src/empty'), { recursive: true })
  writeFileSync(join(scene.host, 'src/run.sh'), 'echo 1\n')
  chmodSync(join(scene.host, 'src/run.sh'), 0o751)
  utimesSync(join(scene.host, 'src/run.sh'), 1000, 1_600_000_000)
  symlinkSync('src/run.sh', join(scene.host, 'start'))
  const { changed, failures } = await scene.mirrorAll()
  expect(changed.length).toBe(4)
  expect(failures).toEqual([])
  expect(treeOf(join(scene.root, 'app'))).toEqual(treeOf(scene.host))
  expect(statSync(join(scene.root, 'app/src/run.sh')).mtimeMs).toBe(1_600_000_000_000)
})

test('mirrorFiles() removes nothing through a link that has taken the place of a folder', async () => {
  using scene = new Scene()
  mkdirSync(join(scene.host, 'a/deep'), { recursive: true })
  mkdirSync(join(scene.host, 'elsewhere'))
  for (const name of ['a/x', 'a/deep/y', 'elsewhere/x']) writeFileSync(join(scene.host, name), name)
  await scene.mirrorAll()
  rmSync(join(scene.host, 'a'), { recursive: true })
  symlinkSync('elsewhere', join(scene.host, 'a'))
  await scene.mirror(['a'])
  expect((await scene.mirror(['a/x', 'a/deep/y', 'a/deep'])).changed).toEqual([])
  expect(treeOf(join(scene.root, 'app'))).toEqual(treeOf(scene.host))
  expect(new MirrorRecord(scene.recordPath).paths.map(({ target }) => target)).not.toContain('/app/a/x')
})

test('mirrorFiles() replaces a file as a whole, and leaves no other name behind', async () => {
  using scene = new Scene()
  writeFileSync(join(scene.host, 'a'), 'one')
  await scene.mirrorAll()
  const before = openSync(join(scene.root, 'app/a'), 'r')
  using held = openedFile(before)
  writeFileSync(join(scene.host, 'a'), 'two')
  await scene.mirrorAll()
  expect(readFileSync(held.fd, 'utf8')).toBe('one')
  expect([...treeOf(join(scene.root, 'app')).keys()]).toEqual(['a'])
  expect(readFileSync(join(scene.root, 'app/a'), 'utf8')).toBe('two')
})

test('mirrorFiles() follows the links of a container within it, and none out of it', async () => {
  using scene = new Scene()
  rmSync(join(scene.root, 'app'), { recursive: true })
  const outside = join(scene.root, '../outside')
  mkdirSync(outside)
  mkdirSync(join(scene.root, 'real'))
  symlinkSync('/real', join(scene.root, 'app'))
  symlinkSync(outside, join(scene.root, 'real/out'))
  mkdirSync(join(scene.host, 'out'))
  writeFileSync(join(scene.host, 'out/file'), '')
  writeFileSync(join(scene.host, 'file'), '')
  await scene.mirror(['', 'file', 'out/file'])
  expect(existsSync(join(scene.root, 'real/file'))).toBe(true)
  expect(readdirSync(outside)).toEqual([])
  await scene.mirror(['out', 'out/file'])
  expect(lstatSync(join(scene.root, 'real/out')).isDirectory()).toBe(true)
  expect(readdirSync(outside)).toEqual([])
})

test('mirrorFiles() removes links of a container, not what they lead to', async () => {
  using scene = new Scene()
  const outside = join(scene.root, '../outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'file'), '')
  mkdirSync(join(scene.root, 'app/gone/deep'), { recursive: true })
  symlinkSync(outside, join(scene.root, 'app/gone/deep/link'))
  symlinkSync(outside, join(scene.root, 'app/link'))
  const { changed } = await scene.mirror(['gone', 'link', 'never'])
  expect(changed.map(({ target }) => target)).toEqual(['/app/link', '/app/gone'])
  expect(readdirSync(join(scene.root, 'app'))).toEqual([])
  expect(readdirSync(outside)).toEqual(['file'])
})

test('mirrorFiles() copies a file that is watched by itself to its target, or into the folder there', async () => {
  using scene = new Scene()
  writeFileSync(join(scene.host, 'nginx.conf'), 'x')
  const source = `${scene.host}/nginx.conf`
  using root = openedFile(openSync(scene.root, constants.O_DIRECTORY))
  using folders = new ContainerFolders(root.fd, { uid: 0, gid: 0 })
  const record = new MirrorRecord(scene.recordPath)
  const { signal } = new AbortController()
  const files = [
    { source, target: '/app', top: source },
    { source, target: '/etc/conf', top: source },
  ]
  await mirrorFiles({ folders, owner: undefined, record }, { files, trust: 'changed', signal })
  expect(readFileSync(join(scene.root, 'app/nginx.conf'), 'utf8')).toBe('x')
  expect(readFileSync(join(scene.root, 'etc/conf'), 'utf8')).toBe('x')
})

test('mirrorFiles() with "changed" does nothing about what is as it was', async () => {
  using scene = new Scene()
  writeFileSync(join(scene.host, 'a'), 'one')
  utimesSync(join(scene.host, 'a'), 1000, 1000)
  await scene.mirrorAll()
  writeFileSync(join(scene.root, 'app/a'), 'of the container')
  expect((await scene.mirrorAll()).changed.length).toBe(0)
  expect((await scene.mirrorAll('compared')).changed.length).toBe(1)
})

test('mirrorFiles() with "compared" leaves files with the same bytes alone, whatever their times', async () => {
  using scene = new Scene()
  writeFileSync(join(scene.host, 'a'), 'x'.repeat(200_000))
  writeFileSync(join(scene.root, 'app/a'), 'x'.repeat(200_000))
  utimesSync(join(scene.root, 'app/a'), 5, 5)
  const { ino } = statSync(join(scene.root, 'app/a'))
  expect((await scene.mirrorAll('compared')).changed.length).toBe(0)
  expect(statSync(join(scene.root, 'app/a')).ino).toBe(ino)
})

test('mirrorFiles() finds a second change within one tick of the clock, of the same size', async () => {
  using scene = new Scene()
  const path = join(scene.host, 'a')
  writeFileSync(path, 'one')
  const { atime, mtime } = statSync(path)
  await scene.mirrorAll()
  writeFileSync(path, 'two')
  utimesSync(path, atime, mtime)
  await scene.mirrorAll()
  expect(readFileSync(join(scene.root, 'app/a'), 'utf8')).toBe('two')
})

test('mirrorFiles() with "assumed" only remembers, so that later changes are found', async () => {
  using scene = new Scene()
  writeFileSync(join(scene.host, 'a'), 'one')
  writeFileSync(join(scene.root, 'app/a'), 'of the image')
  await scene.mirrorAll('assumed')
  expect(readFileSync(join(scene.root, 'app/a'), 'utf8')).toBe('of the image')
  rmSync(join(scene.host, 'a'))
  await scene.mirrorAll()
  expect(existsSync(join(scene.root, 'app/a'))).toBe(false)
})

test('mirrorFiles() makes up for a run that was killed between its announcement and its end', async () => {
  using scene = new Scene()
  writeFileSync(join(scene.host, 'a'), 'one')
  const record = new MirrorRecord(scene.recordPath)
  const { source, target } = scene.file('a')
  record.note([{ target, entry: { source, state: undefined } }])
  writeFileSync(join(scene.root, 'app/.tcompose-ca978112'), 'half')
  expect((await scene.mirrorAll()).changed.length).toBe(1)
  expect([...treeOf(join(scene.root, 'app'))]).toEqual([...treeOf(scene.host)])
})

test('mirrorFiles() goes on after a file that cannot be copied, and tries it again', async () => {
  using scene = new Scene()
  mkdirSync(join(scene.host, 'folder'))
  for (const name of ['folder/a', 'z']) writeFileSync(join(scene.host, name), '')
  writeFileSync(join(scene.root, 'app/folder'), 'in the way')
  const { changed, failures } = await scene.mirror(['folder/a', 'z'])
  expect(changed).toEqual([scene.file('z')])
  expect(failures.map(({ file }) => file.target)).toEqual(['/app/folder/a'])
  expect((await scene.mirror(['folder', 'folder/a'])).failures).toEqual([])
  expect(existsSync(join(scene.root, 'app/folder/a'))).toBe(true)
})

test('MirrorRecord ignores lines that are damaged and files of another version', async () => {
  using scene = new Scene()
  writeFileSync(join(scene.host, 'a'), '')
  await scene.mirrorAll()
  appendFileSync(scene.recordPath, '["/app/b",')
  const { source, target } = scene.file('a')
  expect(new MirrorRecord(scene.recordPath).paths).toEqual([{ source, target }])
  writeFileSync(scene.recordPath, 'tcompose mirror 2\n')
  expect(new MirrorRecord(scene.recordPath).exists).toBe(false)
})

test('MirrorRecord is written anew when most of its lines are of the past', async () => {
  using scene = new Scene()
  const path = join(scene.host, 'a')
  for (let run = 0; run < 20; run += 1) {
    writeFileSync(path, `${run}`)
    await scene.mirrorAll()
  }
  expect(readFileSync(scene.recordPath, 'utf8').split('\n').length).toBeLessThan(8)
})

const NAMES = ['a', 'b', 'Fő', 'd', 'd/e', 'd/f', 'd/g/h', 'i'] as const

const edit = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    name: fc.constantFrom(...NAMES),
    text: fc.string({ maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('folder' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ kind: fc.constant('link' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ kind: fc.constant('remove' as const), name: fc.constantFrom(...NAMES, 'd/g') }),
  fc.record({
    kind: fc.constant('rename' as const),
    name: fc.constantFrom(...NAMES),
    to: fc.constantFrom(...NAMES),
  }),
  fc.record({
    kind: fc.constant('mode' as const),
    name: fc.constantFrom(...NAMES),
    mode: fc.constantFrom(0o600, 0o755),
  }),
  fc.record({ kind: fc.constant('mirror' as const) }),
)

test('mirrorFiles() ends in the same tree after any edits', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 5, maxLength: 40 }), async edits => {
      using scene = new Scene()
      for (const step of edits) {
        if (step.kind === 'mirror') await scene.mirrorAll()
        else perform(scene.host, step)
      }
      expect((await scene.mirrorAll()).failures).toEqual([])
      expect(treeOf(join(scene.root, 'app'))).toEqual(treeOf(scene.host))
    }),
    { numRuns: 60 },
  )
})

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never

/** What cannot be done in the tree as it is, is left. */
function perform(host: string, step: Exclude<Edit, { kind: 'mirror' }>): void {
  const path = join(host, step.name)
  try {
    if (step.kind !== 'remove') mkdirSync(join(path, '..'), { recursive: true })
    if (step.kind === 'write') writeFileSync(path, step.text)
    else if (step.kind === 'folder') mkdirSync(path)
    else if (step.kind === 'link') symlinkSync('a', path)
    else if (step.kind === 'remove') rmSync(path, { recursive: true, force: true })
    else if (step.kind === 'rename') renameSync(path, join(host, step.to))
    else chmodSync(path, step.mode)
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
  }
}
