import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { type LoadedBuild, loadBuild } from '../../../../src/engine/local/build/load-build.ts'
import { dockerfileReader } from '../../../../src/local/dockerfile-reader.ts'
import type { BuildConfig, BuildContext } from '../../../../src/model/build.ts'
import { anImageBuild } from '../../../support/build-builders.ts'
import { listTree } from '../../../support/copy-scene.ts'
import { serveFiles } from '../../../support/file-server.ts'
import { makeGitRepository } from '../../../support/git-repository.ts'
import { tarArchive } from '../../../support/tar-archive.ts'
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts'

/** Loads a build whose context is a folder with a Dockerfile, below `root`. */
function load(root: TemporaryFolder, config: Partial<BuildConfig> = {}): Promise<LoadedBuild> {
  const context = join(root.path, 'context')
  mkdirSync(context)
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\n')
  const build = anImageBuild('web', {
    context: { kind: 'folder', path: parseAbsolutePath(context) },
    ...config,
  })
  return loadBuild(build, {
    roots: { data: join(root.path, 'data'), run: join(root.path, 'run') },
    dockerfiles: dockerfileReader,
    environment: new Map([
      ['PATH', process.env['PATH'] ?? ''],
      ['HOME', root.path],
    ]),
    signal: new AbortController().signal,
  })
}

/** Loads a build with `context` under the name `extra`. */
function loadNamed(root: TemporaryFolder, context: BuildContext): Promise<LoadedBuild> {
  return load(root, { additionalContexts: new Map([['extra', context]]) })
}

async function filesOf({ trees }: LoadedBuild, name: string): Promise<Readonly<Record<string, string>>> {
  return listTree(await trees.tree({ kind: 'context', name }))
}

describe('loadBuild()', () => {
  test.each<{ context: BuildContext; reference: string }>([
    { context: { kind: 'image', reference: 'redis:7' }, reference: 'redis:7' },
    { context: { kind: 'service', service: 'base', image: 'shop-base' }, reference: 'shop-base' },
    {
      context: { kind: 'oci-layout', path: parseAbsolutePath('/l'), reference: undefined },
      reference: 'oci:/l',
    },
    {
      context: { kind: 'oci-layout', path: parseAbsolutePath('/l'), reference: 'v1' },
      reference: 'oci:/l:v1',
    },
  ])(
    'plans with an image for a context of kind $context.kind: $reference',
    async ({ context, reference }) => {
      using root = temporaryFolder()
      const { named } = await loadNamed(root, context)
      expect(named).toEqual(new Map([['extra', { kind: 'image', reference }]]))
    },
  )

  test('reads a folder by its own ignore file', async () => {
    using root = temporaryFolder()
    const folder = join(root.path, 'extra')
    mkdirSync(folder)
    for (const name of ['kept', 'left']) writeFileSync(join(folder, name), '')
    writeFileSync(join(folder, '.dockerignore'), 'left\n.dockerignore\n')
    const loaded = await loadNamed(root, { kind: 'folder', path: parseAbsolutePath(folder) })
    expect(loaded.named).toEqual(new Map([['extra', { kind: 'folder' }]]))
    expect(Object.keys(await filesOf(loaded, 'extra'))).toEqual(['/kept'])
    expect(Object.keys(await filesOf(loaded, ''))).toEqual(['/Dockerfile'])
  })

  test('reads a repository, in which an ignore file does not count', async () => {
    using root = temporaryFolder()
    const repository = makeGitRepository(root.path)
    repository.commit({ 'app/f': 'f', 'app/.dockerignore': 'f' })
    const loaded = await loadNamed(root, { kind: 'git', url: `${repository.url}#main:app` })
    expect(loaded.named).toEqual(new Map([['extra', { kind: 'folder' }]]))
    expect(Object.keys(await filesOf(loaded, 'extra'))).toEqual(['/.dockerignore', '/f'])
  })

  test('reads a fetched archive with its owners as the context of a build', async () => {
    using root = temporaryFolder()
    await using server = await serveFiles({
      '/c.tar': await tarArchive([{ name: 'Dockerfile', content: 'FROM scratch', uid: 7, gid: 8 }]),
    })
    const loaded = await load(root, { context: { kind: 'url', url: `${server.url}/c.tar` } })
    expect(await filesOf(loaded, '')).toEqual({ '/Dockerfile': 'file 644 7:8 12' })
  })

  test.each(['f.txt', 'c.tar'])(
    'has what a URL of an additional context leads to as a file: %s',
    async name => {
      using root = temporaryFolder()
      const archive = await tarArchive([{ name: 'f', content: 'f' }])
      await using server = await serveFiles({ '/f.txt?x=1': 'text', '/c.tar?x=1': archive })
      const loaded = await loadNamed(root, { kind: 'url', url: `${server.url}/${name}?x=1` })
      const bytes = name === 'f.txt' ? 4 : archive.length
      expect(await filesOf(loaded, 'extra')).toEqual({ [`/${name}`]: `file 600 0:0 ${bytes}` })
    },
  )

  test('fetches a context only when it is read', async () => {
    using root = temporaryFolder()
    await using server = await serveFiles({})
    const loaded = await loadNamed(root, { kind: 'url', url: `${server.url}/none` })
    expect(server.requests).toEqual([])
    await expect(filesOf(loaded, 'extra')).rejects.toMatchObject({ code: 'build-context' })
  })

  test('takes a fetched text for the Dockerfile, whatever "dockerfile" says, and for a context without files', async () => {
    using root = temporaryFolder()
    await using server = await serveFiles({ '/web': 'FROM scratch\nLABEL fetched=1\n' })
    const loaded = await load(root, {
      context: { kind: 'url', url: `${server.url}/web` },
      dockerfile: { kind: 'file', path: 'other' },
    })
    expect(loaded.dockerfile?.stages[0]?.instructions).toMatchObject([{ kind: 'label' }])
    expect(await filesOf(loaded, '')).toEqual({})
  })

  test('refuses an image as the context of a build', async () => {
    using root = temporaryFolder()
    const failure = load(root, { context: { kind: 'image', reference: 'redis' } })
    await expect(failure).rejects.toMatchObject({ code: 'build-context' })
  })

  test('has no Dockerfile where one cannot be read as such, but what is wrong with it', async () => {
    using root = temporaryFolder()
    mkdirSync(join(root.path, 'other'))
    writeFileSync(join(root.path, 'other/Dockerfile'), 'FORM x\n')
    const { dockerfile, diagnostics } = await load(root, {
      context: { kind: 'folder', path: parseAbsolutePath(join(root.path, 'other')) },
    })
    expect(dockerfile).toBeUndefined()
    expect(diagnostics.map(({ span }) => span?.line)).toEqual([1])
  })
})
