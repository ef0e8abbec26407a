import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RemotePort } from '../../../src/app/remote-port.ts'
import { fetchProject } from '../../../src/local/remotes/fetch-project.ts'
import { fetchRepository } from '../../../src/local/remotes/fetch-repository.ts'
import { remotePort } from '../../../src/local/remotes/remote-port.ts'
import { pushArtifact } from '../../../src/registry/push-artifact.ts'
import { makeGitRepository } from '../../support/git-repository.ts'
import { startRegistry } from '../../support/registry/registry-server.ts'
import { serveRepository } from '../../support/serve-repository.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const { signal } = new AbortController()

function placeIn(folder: string) {
  return { folder, environment: new Map([['PATH', process.env['PATH'] ?? '']]), signal: () => signal }
}

function ask(port: RemotePort, address: string) {
  return port.fetch(address, { insecure: [] })
}

test('fetchProject() keeps each Compose file apart, in order, whatever their names', async ({ skip }) => {
  using root = temporaryFolder()
  await using registry = await startRegistry({
    storage: join(root.path, 'storage'),
    config: join(root.path, 'c.json'),
  })
  if (registry.kind === 'missing') return skip(registry.reason)
  const target = `${registry.host}/team/shop:1`
  const file = (kind: 'compose' | 'extended' | 'env', name: string, text: string) => ({
    ...{ kind, name, content: Buffer.from(text) },
  })
  const { digest } = await pushArtifact({
    target,
    files: [
      file('compose', 'compose.yaml', 'first'),
      file('compose', 'compose.yaml', 'second'),
      file('extended', '0.yaml', 'base'),
      file('env', '0.env', 'A=1'),
    ],
    ...{ version: undefined, environment: {}, signal },
  })
  const place = { ...placeIn(join(root.path, 'remotes')), insecure: [] }
  const fetched = await fetchProject(`oci://${target}`, place)
  const folder = join(place.folder, 'oci', digest.slice('sha256:'.length))
  expect(fetched).toEqual({
    kind: 'fetched',
    project: 'shop',
    files: [
      { path: join(folder, 'compose.yaml'), name: `oci://${target}/compose.yaml` },
      { path: join(folder, '2-compose.yaml'), name: `oci://${target}/2-compose.yaml` },
    ],
  })
  expect(fetched.files.map(({ path }) => readFileSync(path, 'utf8'))).toEqual(['first', 'second'])
  expect(readFileSync(join(folder, '0.env'), 'utf8')).toBe('A=1')
  expect(await fetchProject(`oci://${target}`, place)).toEqual(fetched)
})

describe('fetchRepository()', () => {
  test('takes the folder or the file that the address names', async () => {
    using root = temporaryFolder()
    const repository = makeGitRepository(root.path)
    repository.commit({ 'docker-compose.yml': 'root', 'a/b.yaml': 'file', 'a/compose.yaml': 'folder' })
    await using served = await serveRepository(repository, root.path)
    const place = placeIn(join(root.path, 'remotes'))
    const text = async (address: string) => {
      const { files, project } = await fetchRepository(address, place)
      return files.map(({ path, name }) => [readFileSync(path, 'utf8'), name, project])
    }
    expect(await text(served.url)).toEqual([['root', `${served.url}#HEAD:docker-compose.yml`, 'shop']])
    expect(await text(`${served.url}#main:a`)).toEqual([['folder', `${served.url}#main:a/compose.yaml`, 'a']])
    expect(await text(`${served.url}?branch=main&subdir=a/b.yaml`)).toEqual([
      ['file', `${served.url}#refs/heads/main:a/b.yaml`, 'b'],
    ])
  })

  test('reads nothing outside of the repository', async () => {
    using root = temporaryFolder()
    const repository = makeGitRepository(root.path)
    repository.commit({ x: '' })
    symlinkSync('/etc/hostname', join(root.path, 'repository/compose.yaml'))
    repository.commit({})
    await using served = await serveRepository(repository, root.path)
    const place = placeIn(join(root.path, 'remotes'))
    await expect(fetchRepository(served.url, place)).rejects.toMatchObject({
      code: 'git-repository',
      message: expect.stringContaining('is a link that leads out of it'),
    })
    await expect(fetchRepository(`${served.url}#main:../../..`, place)).rejects.toThrow()
  })
})

describe('remotePort()', () => {
  test('answers what is wrong, asks once, and says where a file is', async () => {
    using root = temporaryFolder()
    const repository = makeGitRepository(root.path)
    repository.commit({ 'compose.yaml': 'x' })
    await using served = await serveRepository(repository, root.path)
    const port = remotePort(placeIn(join(root.path, 'remotes')))
    const found = await ask(port, served.url)
    const asked = served.requests.length
    expect(await ask(port, served.url)).toBe(found)
    expect(served.requests.length).toBe(asked)
    expect(readFileSync(port.placeOf(`${served.url}#HEAD:compose.yaml`) ?? '', 'utf8')).toBe('x')
    expect(port.placeOf('compose.yaml')).toBeUndefined()
    expect(await ask(port, 'https://host.example/compose.yaml')).toMatchObject({
      kind: 'failed',
      code: 'bad-value',
      message: expect.stringContaining('neither a published project nor a Git repository'),
    })
    expect(await ask(port, 'oci://A B')).toMatchObject({ kind: 'failed', code: 'bad-value' })
  })
})
