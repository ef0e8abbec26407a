import { execFileSync } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { parseDigest } from '../../../../../src/base/digest.ts'
import { displayPath } from '../../../../../src/disk/byte-path.ts'
import {
  openRemoteSources,
  type RemoteSource,
} from '../../../../../src/engine/local/build/files/remote-sources.ts'
import { CopyScene, copyOperation, SPAN } from '../../../../support/copy-scene.ts'
import { serveFiles } from '../../../../support/file-server.ts'
import { makeGitRepository } from '../../../../support/git-repository.ts'
import { tarArchive } from '../../../../support/tar-archive.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const MODIFIED = 'Tue, 05 Feb 2019 10:00:00 GMT'

const remoteIn = (folder: string, signal = new AbortController().signal) =>
  openRemoteSources({ folder, environment: { PATH: process.env['PATH'], HOME: folder }, signal })

const fromUrl = (url: string, checksum?: string): RemoteSource => ({
  kind: 'url',
  url,
  checksum: checksum === undefined ? undefined : parseDigest(checksum),
  span: SPAN,
})

const fromGit = (url: string, more: Partial<Extract<RemoteSource, { kind: 'git' }>> = {}): RemoteSource => ({
  kind: 'git',
  url,
  keepsGitDir: false,
  checksum: undefined,
  span: SPAN,
  ...more,
})

describe('openRemoteSources()', () => {
  test('gives ADD a file with the name and time of its URL, for root only', async () => {
    using folder = temporaryFolder()
    await using server = await serveFiles({
      '/dir/na%20me.bin?x=1': (_request, response) =>
        response.setHeader('last-modified', MODIFIED).end('content'),
      '/': 'nameless',
    })
    using scene = new CopyScene({ remote: remoteIn(folder.path) })
    const url = `${server.url}/dir/na%20me.bin?x=1`
    const layer = await scene.copy(copyOperation('x /to/', { sources: [fromUrl(url)] }))
    await scene.copy(copyOperation('x /file', { sources: [fromUrl(url)] }))
    await scene.copy(copyOperation('--chmod=755 --chown=7 x /bin/', { sources: [fromUrl(`${server.url}/`)] }))
    expect(await scene.list()).toEqual({
      '/bin': 'folder 755 7:7',
      '/bin/__unnamed__': 'file 755 7:7 8',
      '/file': 'file 600 0:0 7',
      '/to': 'folder 755 0:0',
      '/to/na me.bin': 'file 600 0:0 7',
    })
    expect(lstatSync(join(layer, 'to/na me.bin')).mtime).toEqual(new Date(MODIFIED))
    expect(server.requests).toHaveLength(2)
  })

  test('unpacks a fetched archive only if that is wanted', async () => {
    using folder = temporaryFolder()
    await using server = await serveFiles({
      '/a.tgz': gzipSync(await tarArchive([{ name: 'f', content: 'x' }])),
    })
    using scene = new CopyScene({ remote: remoteIn(folder.path) })
    const sources = [fromUrl(`${server.url}/a.tgz`)]
    await scene.copy(copyOperation('x /packed/', { sources, unpacksLocal: true }))
    await scene.copy(copyOperation('x /unpacked', { sources, unpacksRemote: true }))
    expect(Object.keys(await scene.list())).toEqual(['/packed', '/packed/a.tgz', '/unpacked', '/unpacked/f'])
  })

  test('digestOf() is about content, name and time, or about a checksum alone', async () => {
    using folder = temporaryFolder()
    let content = 'one'
    const answer = (_request: unknown, response: { end(text: string): unknown }) => void response.end(content)
    await using server = await serveFiles({ '/f': answer, '/g': answer })
    const digest = (source: RemoteSource) => remoteIn(folder.path).digestOf(source)
    const first = await digest(fromUrl(`${server.url}/f`))
    expect(await digest(fromUrl(`${server.url}/f`))).toBe(first)
    expect(await digest(fromUrl(`${server.url}/g`))).not.toBe(first)
    content = 'two'
    expect(await digest(fromUrl(`${server.url}/f`))).not.toBe(first)
    const asked = server.requests.length
    await digest(fromUrl(`${server.url}/f`, `sha256:${'0'.repeat(64)}`))
    expect(server.requests).toHaveLength(asked)
  })

  test('checks a branch out, without .git unless it is wanted', async () => {
    using root = temporaryFolder()
    const repository = makeGitRepository(root.path)
    repository.commit({ 'sub/f': 'old' })
    repository.git('branch', 'old')
    repository.commit({ 'sub/f': 'newer', run: { text: '#!', mode: 0o755 } })
    const remote = remoteIn(join(root.path, 'data'))
    using scene = new CopyScene({ remote })
    await scene.copy(copyOperation('x /all', { sources: [fromGit(repository.url)] }))
    await scene.copy(copyOperation('x /old/', { sources: [fromGit(`${repository.url}#old:sub`)] }))
    expect(await scene.list()).toEqual({
      '/all': 'folder 755 0:0',
      '/all/run': 'file 755 0:0 2',
      '/all/sub': 'folder 755 0:0',
      '/all/sub/f': 'file 644 0:0 5',
      '/old': 'folder 755 0:0',
      '/old/f': 'file 644 0:0 3',
    })
    const kept = await remote.open(fromGit(repository.url, { keepsGitDir: true }))
    expect(kept.tree.child(kept.tree.root, '.git')?.kind).toBe('folder')
  })

  test.each(['v1', 'v2'])(
    'keeps in .git what leads to the tag %s, and nothing of who fetched it',
    async tag => {
      using root = temporaryFolder()
      const repository = makeGitRepository(root.path)
      repository.commit({ f: '1' })
      repository.git('tag', 'v1')
      repository.git('tag', '-a', '-m', 'tagged', 'v2')
      const remote = remoteIn(join(root.path, 'data'))
      const { tree, entry } = await remote.open(fromGit(`${repository.url}#${tag}`, { keepsGitDir: true }))
      const folder = displayPath(tree.hostPathOf(entry))
      const said = execFileSync('git', ['-C', folder, 'describe', '--tags', '--exact-match'], {
        encoding: 'utf8',
        env: { ...process.env, HOME: root.path },
      })
      expect(said).toBe(`${tag}\n`)
      expect(readdirSync(join(folder, '.git'))).not.toEqual(expect.arrayContaining(['FETCH_HEAD', 'logs']))
    },
  )

  test('keeps in .git no password of the address', async () => {
    using root = temporaryFolder()
    const repository = makeGitRepository(root.path)
    repository.commit({ f: '1' })
    repository.git('update-server-info')
    const { pathname } = new URL(repository.url)
    const folder = join(pathname, '.git')
    const things = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(each => each.isFile())
    await using server = await serveFiles(
      Object.fromEntries(
        things.map(({ parentPath, name }) => {
          const path = join(parentPath, name)
          const query = name === 'refs' ? '?service=git-upload-pack' : ''
          return [`/r.git${path.slice(folder.length)}${query}`, readFileSync(path)]
        }),
      ),
    )
    const url = `${server.url.replace('://', '://me:secret@')}/r.git#main`
    const { tree, entry } = await remoteIn(join(root.path, 'data')).open(fromGit(url, { keepsGitDir: true }))
    const kept = join(displayPath(tree.hostPathOf(entry)), '.git')
    const texts = readdirSync(kept, { recursive: true, withFileTypes: true })
      .filter(each => each.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
    expect(texts.filter(text => text.includes('secret'))).toEqual([])
    expect(readFileSync(join(kept, 'config'), 'utf8')).toContain(`url = ${server.url}/r.git\n`)
  })

  test('finds branches, tags and commits, and holds a commit against its checksum', async () => {
    using root = temporaryFolder()
    const repository = makeGitRepository(root.path)
    const first = repository.commit({ f: '1' })
    repository.git('tag', '-a', '-m', 'tagged', 'v1')
    const second = repository.commit({ f: '2' })
    const digest = (ref: string, checksum?: string) =>
      remoteIn(join(root.path, 'data')).digestOf(fromGit(`${repository.url}#${ref}`, { checksum }))
    expect(await digest('main')).toContain(second)
    expect(await digest('')).toContain(second)
    expect(await digest('v1')).toContain(first)
    expect(await digest('refs/tags/v1')).toContain(first)
    expect(await digest(first)).toContain(first)
    expect(await digest('v1', first.slice(0, 12))).toContain(first)
    await expect(digest('main', first)).rejects.toThrow(`its commit is ${second}, expected ${first}`)
    await expect(digest('none')).rejects.toThrow('it has no branch or tag "none"')
  })

  test('checks out a commit that no shallow fetch gives', async () => {
    using root = temporaryFolder()
    const repository = makeGitRepository(root.path)
    const first = repository.commit({ f: '1' })
    repository.commit({ f: '22' })
    const found = await remoteIn(join(root.path, 'data')).open(fromGit(`${repository.url}#${first}`))
    expect(found.tree.child(found.tree.root, 'f')?.size).toBe(1)
  })

  test.each([
    { url: 'file:///none/repository', message: 'does not appear to be a git repository' },
    { url: 'https://h/r.git?what=1', message: 'its query has "what", which means nothing for Git' },
  ])('refuses $url at its source', async ({ url, message }) => {
    using root = temporaryFolder()
    const failure = remoteIn(root.path).open(fromGit(url))
    await expect(failure).rejects.toMatchObject({ code: 'build-source', span: SPAN })
    await expect(failure).rejects.toThrow(message)
  })

  test('refuses a folder that the repository does not have, and a machine without git', async () => {
    using root = temporaryFolder()
    const repository = makeGitRepository(root.path)
    repository.commit({ f: '1' })
    const failure = remoteIn(join(root.path, 'data')).open(fromGit(`${repository.url}#main:none`))
    await expect(failure).rejects.toThrow('it has no folder "none"')
    const bare = openRemoteSources({
      folder: root.path,
      environment: { PATH: '/none' },
      signal: new AbortController().signal,
    })
    await expect(bare.open(fromGit(repository.url))).rejects.toThrow('the program "git" is not installed')
  })
})
