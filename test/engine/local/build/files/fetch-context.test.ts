import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fetchContext } from '../../../../../src/engine/local/build/files/fetch-context.ts'
import { serveFiles } from '../../../../support/file-server.ts'
import { makeGitRepository } from '../../../../support/git-repository.ts'
import { tarArchive } from '../../../../support/tar-archive.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const optionsIn = (folder: string) => ({
  folder,
  environment: { PATH: process.env['PATH'], HOME: folder },
  signal: new AbortController().signal,
})

describe('fetchContext()', () => {
  test('returns the folder of a repository', async () => {
    using root = temporaryFolder()
    const repository = makeGitRepository(root.path)
    repository.commit({ 'app/Dockerfile': 'FROM x' })
    const context = await fetchContext(
      { kind: 'git', url: `${repository.url}#main:app` },
      optionsIn(join(root.path, 'data')),
    )
    expect(context).toMatchObject({ kind: 'folder', keepsOwners: false })
    if (context.kind === 'folder')
      expect(readFileSync(join(context.path, 'Dockerfile'), 'utf8')).toBe('FROM x')
  })

  test('unpacks an archive once, with its owners', async () => {
    using root = temporaryFolder()
    const archive = await tarArchive([{ name: 'Dockerfile', content: 'FROM x', uid: 7, gid: 8 }])
    await using server = await serveFiles({ '/c.tar': archive })
    const fetch = () => fetchContext({ kind: 'url', url: `${server.url}/c.tar` }, optionsIn(root.path))
    const context = await fetch()
    expect(await fetch()).toEqual(context)
    expect(context).toMatchObject({ kind: 'folder', keepsOwners: true })
    if (context.kind === 'folder') expect(lstatSync(join(context.path, 'Dockerfile')).uid).toBe(7)
  })

  test('takes what is no archive for a Dockerfile', async () => {
    using root = temporaryFolder()
    await using server = await serveFiles({ '/Dockerfile': 'FROM x' })
    const context = await fetchContext({ kind: 'url', url: `${server.url}/Dockerfile` }, optionsIn(root.path))
    expect(context).toEqual({ kind: 'dockerfile', text: 'FROM x' })
  })

  test.each([
    { path: '/none', message: 'the server answers 404' },
    { path: '/large', message: 'it is neither an archive nor a Dockerfile' },
  ])('refuses $path', async ({ path, message }) => {
    using root = temporaryFolder()
    await using server = await serveFiles({ '/large': 'x'.repeat(2 * 1024 * 1024) })
    const failure = fetchContext({ kind: 'url', url: `${server.url}${path}` }, optionsIn(root.path))
    await expect(failure).rejects.toMatchObject({ code: 'build-context' })
    await expect(failure).rejects.toThrow(message)
  })

  test('refuses a repository that is not there', async () => {
    using root = temporaryFolder()
    const failure = fetchContext({ kind: 'git', url: 'file:///none/repository' }, optionsIn(root.path))
    await expect(failure).rejects.toThrow('Cannot fetch build context "file:///none/repository"')
  })
})
