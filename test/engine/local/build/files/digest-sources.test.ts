import {
  chmodSync,
  chownSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { setXattr } from '../../../../../src/disk/inode.ts'
import { digestPath, digestSources } from '../../../../../src/engine/local/build/files/digest-sources.ts'
import { findSource } from '../../../../../src/engine/local/build/files/find-source.ts'
import { openLayersTree } from '../../../../../src/engine/local/build/files/layers-tree.ts'
import { CopyScene, copyOperation, listTree, SPAN, type Things } from '../../../../support/copy-scene.ts'

const CONTEXT: Things = {
  '.dockerignore': '**/*.log',
  'd/f': 'f',
  'd/g': 'g',
  'd/sub/h': 'h',
  'd/link': { link: 'f' },
  'd/x.log': 'x',
  other: 'o',
}

describe('digestSources()', () => {
  test.each<{ name: string; change: (folder: string) => void; counts: boolean }>([
    { name: 'content', change: folder => writeFileSync(join(folder, 'd/f'), 'F'), counts: true },
    { name: 'a name', change: folder => renameSync(join(folder, 'd/f'), join(folder, 'd/e')), counts: true },
    { name: 'a mode', change: folder => chmodSync(join(folder, 'd/f'), 0o600), counts: true },
    { name: 'a mode of a folder', change: folder => chmodSync(join(folder, 'd/sub'), 0o700), counts: true },
    { name: 'a new file', change: folder => writeFileSync(join(folder, 'd/new'), ''), counts: true },
    { name: 'a new folder', change: folder => mkdirSync(join(folder, 'd/new')), counts: true },
    { name: 'a file that is gone', change: folder => rmSync(join(folder, 'd/g')), counts: true },
    {
      name: 'the target of a link',
      change: folder => {
        rmSync(join(folder, 'd/link'))
        symlinkSync('g', join(folder, 'd/link'))
      },
      counts: true,
    },
    {
      name: 'an extended attribute in a context',
      change: folder => setXattr(join(folder, 'd/f'), 'user.a', Buffer.from('b')),
      counts: false,
    },
    { name: 'a time', change: folder => utimesSync(join(folder, 'd/f'), 1, 2), counts: false },
    { name: 'an owner in a context', change: folder => chownSync(join(folder, 'd/f'), 5, 6), counts: false },
    {
      name: 'the mode of the folder itself',
      change: folder => chmodSync(join(folder, 'd'), 0o700),
      counts: false,
    },
    { name: 'a file beside it', change: folder => writeFileSync(join(folder, 'other'), 'O'), counts: false },
    {
      name: 'a file that is left out',
      change: folder => writeFileSync(join(folder, 'd/x.log'), 'X'),
      counts: false,
    },
  ])('$name counts for COPY of a folder: $counts', async ({ change, counts }) => {
    using scene = new CopyScene({ context: CONTEXT })
    const before = await scene.digest('d /x')
    change(scene.contextFolder)
    expect((await scene.digest('d /x')) !== before).toBe(counts)
  })

  test('counts what is selected alone', async () => {
    using scene = new CopyScene({ context: CONTEXT })
    const lines = ['--exclude=f d /x', '--parents d/g /x', 'd/g /x', 'd/g* /x']
    const digests = () => Promise.all(lines.map(line => scene.digest(line)))
    const before = await digests()
    writeFileSync(join(scene.contextFolder, 'd/f'), 'F')
    expect(await digests()).toEqual(before)
    writeFileSync(join(scene.contextFolder, 'd/g'), 'G')
    const after = await digests()
    expect(after.map((digest, index) => digest === before[index])).toEqual([false, false, false, false])
  })

  test('counts names, not the folders that they are in, but for --parents', async () => {
    const context: Things = { 'a/x': 'x', 'b/x': 'x', 'b/y': 'x', 'a/d/f': 'f', 'b/d/f': 'f' }
    using scene = new CopyScene({ context })
    expect(await scene.digest('b/x /t')).toBe(await scene.digest('a/x /t'))
    expect(await scene.digest('b/x* /t/')).toBe(await scene.digest('a/x* /t/'))
    expect(await scene.digest('b/d /t')).toBe(await scene.digest('a/d /t'))
    expect(await scene.digest('b/y /t')).not.toBe(await scene.digest('a/x /t'))
    expect(await scene.digest('--parents b/x /t')).not.toBe(await scene.digest('--parents a/x /t'))
  })

  test('counts which things wildcards match', async () => {
    using scene = new CopyScene({ context: { a1: 'same', b: 'x' } })
    const one = await scene.digest('a* /x/')
    const none = await scene.digest('c* /x/')
    writeFileSync(join(scene.contextFolder, 'a2'), 'same')
    expect(await scene.digest('a* /x/')).not.toBe(one)
    expect(await scene.digest('c* /x/')).toBe(none)
  })

  test('counts owners of layers, and is the same for the same files of another step', async () => {
    const base = (uid: number): Things => ({ 'd/f': { text: 'f', uid } })
    const digestOf = async (things: Things) => {
      using stage = new CopyScene({ base: [things] })
      using scene = new CopyScene({})
      scene.trees.set('stage', await openLayersTree(stage.layers))
      return await scene.digest('--from=stage d /x')
    }
    expect(await digestOf(base(1))).toBe(await digestOf({ ...base(1), other: 'x' }))
    expect(await digestOf(base(1))).not.toBe(await digestOf(base(2)))
  })

  test('counts names and contents of here-documents', async () => {
    using scene = new CopyScene({})
    const digestOf = (name: string, content: string) =>
      scene.digest(copyOperation('x /y/', { sources: [{ kind: 'inline', name, content, span: SPAN }] }))
    const digest = await digestOf('a', 'x')
    expect(await digestOf('a', 'x')).toBe(digest)
    expect(await digestOf('b', 'x')).not.toBe(digest)
    expect(await digestOf('a', 'y')).not.toBe(digest)
  })

  test('reads a large file in pieces, and ends with its signal', async () => {
    using scene = new CopyScene({ context: { large: 'x'.repeat(40 * 1024 * 1024) } })
    const access = scene.access()
    const digest = await digestSources(copyOperation('large /x'), access)
    expect(await scene.digest('large /x')).toBe(digest)
    const controller = new AbortController()
    const stopped = digestSources(copyOperation('. /x'), { ...scene.access(), signal: controller.signal })
    controller.abort(new Error('stopped'))
    await expect(stopped).rejects.toThrow('stopped')
  })

  test.each([
    ['missing /x', 'Cannot copy "missing": the build context has nothing there'],
    ['d/x.log /x', 'leaves it out'],
    ['a[ /x', 'Cannot choose what to copy: pattern "a["'],
    ['none*/a[ /x', 'Cannot choose what to copy: pattern "a["'],
    ['--exclude=[ d /x', 'Cannot choose what to copy: pattern "["'],
  ])('refuses COPY %s at its source', async (line, message) => {
    using scene = new CopyScene({ context: CONTEXT })
    const failure = scene.digest(line)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toMatchObject({ code: 'build-source', span: SPAN })
  })

  test('says of a link that leads to nothing that it is one', async () => {
    using scene = new CopyScene({ context: { out: { link: '../secret' } } })
    await expect(scene.digest('out /x')).rejects.toThrow(
      'Cannot copy "out": it is a link to "../secret", and the build context has nothing there',
    )
  })

  test('is the same where the layer is, and only there, for any files', async () => {
    const thing = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      folder: fc.constantFrom('', 'd/', 'd/e/'),
      text: fc.constantFrom('', '1', '2'),
      mode: fc.constantFrom(0o644, 0o755),
    })
    const files = fc.array(thing, { maxLength: 4 })
    const line = fc.constantFrom(
      '. /x',
      'd* /x/',
      '--exclude=d/a . /x',
      '--parents */* /x/',
      '--chown=7 . /x',
    )
    await fc.assert(
      fc.asyncProperty(files, files, line, async (first, second, copy) => {
        const [one, other] = [await outcomeOf(first, copy), await outcomeOf(second, copy)]
        expect(one.digest === other.digest).toBe(one.layer === other.layer)
      }),
      { numRuns: 60 },
    )
  })
})

interface SomeFile {
  readonly name: string
  readonly folder: string
  readonly text: string
  readonly mode: number
}

/** Returns the digest of what a line copies from a context of `files`, and all that is in the layer. */
async function outcomeOf(files: readonly SomeFile[], copy: string) {
  const context = files.map(({ name, folder, ...file }) => [`${folder}${name}`, file] as const)
  using scene = new CopyScene({ context: Object.fromEntries(context) })
  const digest = await scene.digest(copy)
  await scene.copy(copy)
  const tree = await scene.openTree()
  const hashes = Object.keys(listTree(tree)).map(path => {
    const found = findSource(tree, path)
    return found?.kind === 'file' ? tree.sha256Of(found) : undefined
  })
  return { digest, layer: JSON.stringify([listTree(tree), hashes]) }
}

describe('digestPath()', () => {
  const question = (path: string) => ({ from: { kind: 'context', name: '' }, path, span: SPAN }) as const

  test('is about a file or a whole folder, with the folder itself', async () => {
    using scene = new CopyScene({ context: CONTEXT })
    const digests = () =>
      Promise.all(['/', 'd', 'd/f', 'd/link'].map(path => digestPath(question(path), scene.access())))
    const before = await digests()
    writeFileSync(join(scene.contextFolder, 'd/g'), 'G')
    const after = await digests()
    expect(after.map((digest, index) => digest === before[index])).toEqual([false, false, true, true])
    chmodSync(join(scene.contextFolder, 'd'), 0o700)
    expect((await digests())[1]).not.toBe(after[1])
  })

  test('refuses a path that leads nowhere', async () => {
    using scene = new CopyScene({ context: CONTEXT })
    await expect(digestPath(question('none'), scene.access())).rejects.toMatchObject({ span: SPAN })
  })
})
