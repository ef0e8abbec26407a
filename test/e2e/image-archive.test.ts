import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { imageLayout } from '../support/parts/image-layout.ts'
import { serveBusybox } from '../support/registry/serve-busybox.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

function blobsOf(project: TestProject): ReadonlyMap<string, string> {
  const folder = join(project.state, 'data/images/blobs/sha256')
  return new Map(
    readdirSync(folder).map(name => [name, readFileSync(join(folder, name)).toString('base64')] as const),
  )
}

test('image export writes the images of a project, the same bytes each time, and up needs no registry after image import', {
  timeout: 120_000 + MAY_DOWNLOAD.timeout,
}, async ({ skip }) => {
  await using registry = await serveBusybox()
  if (registry.kind === 'missing') return skip(registry.reason)
  const { at } = registry
  const { host, digest } = registry
  const service = (name: string, image: string) =>
    `  ${name}: { image: "${image}", command: [sleep, "1000"], init: true }\n`
  const compose = [
    'name: offline\nservices:\n',
    service('tagged', `${host}/t/bb:1`),
    service('pinned', `${host}/t/bb@${digest}`),
    service('local', `oci:${registry.layout}`),
    service('folder', 'rootfs:/'),
  ].join('')
  await using connected = new TestProject({ compose })
  await connected.succeed('pull')
  const exported = await connected.run(['image', 'export', '-o', at('one.tar')])
  expect(exported.exitCode).toBe(0)
  expect(exported.stderr).toContain('rootfs:/ is a folder')
  await connected.succeed('image', 'export', '--output', at('two.tar'))
  expect(readFileSync(at('two.tar')).equals(readFileSync(at('one.tar')))).toBe(true)
  await registry.stop()

  await using offline = new TestProject({ compose })
  expect(await offline.succeed('image', 'import', '-i', at('one.tar'))).toContain(
    `Loaded image: ${host}/t/bb:1`,
  )
  expect(blobsOf(offline)).toEqual(blobsOf(connected))
  await offline.succeed('up', '-d', 'tagged', 'pinned')
  expect(await offline.succeed('exec', '-T', 'pinned', 'cat', '/etc/passwd')).toContain('root:')
  const images = JSON.parse(await offline.succeed('images', '--format', 'json'))
  expect(images).toMatchObject([
    {
      ContainerName: 'offline-pinned-1',
      Repository: `${host}/t/bb`,
      Platform: expect.stringMatching(/^linux\//),
    },
    { ContainerName: 'offline-tagged-1', Tag: '1' },
  ])
  expect(images[0].Size).toBeGreaterThan(500_000)
  const names = [`${host}/t/bb:1`, `${host}/t/bb@${digest}`, `oci:${registry.layout}`]
  const refused = await offline.run(['image', 'rm', ...names])
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain('error[TC3012]')
  expect(refused.stderr).toMatch(/container offline-(tagged|pinned)-1 of project offline needs it/)
})

test('image load refuses an archive with a damaged layer, and leaves nothing that a prune does not remove', {
  timeout: 60_000 + MAY_DOWNLOAD.timeout,
}, async ({ skip }) => {
  const layout = await imageLayout('busybox')
  if (layout.kind === 'missing') return skip(layout.reason)
  using folder = temporaryFolder()
  const archive = join(folder.path, 'a.tar')
  execFileSync('tar', ['-C', layout.dir, '-cf', archive, '.'])
  const bytes = readFileSync(archive)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  writeFileSync(archive, bytes)
  await using project = new TestProject({ compose: 'name: a\nservices: { a: { image: "rootfs:/" } }\n' })
  const result = await project.run(['image', 'load', '-i', archive])
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toMatch(/error\[TC300[24]\]/)
  expect(await project.succeed('image', 'ls', '-q')).toBe('')
  await project.succeed('image', 'prune', '-f')
  expect(await project.succeed('system', 'df', '--format', 'json')).toContain(
    '"TotalCount":"0","Active":"0","Size":"0B"',
  )
  expect(readdirSync(join(project.state, 'data/images/blobs/sha256'))).toEqual([])
})

test('a cache of images restored with other times suffices for up without a registry, and unpacked layers in it are not trusted', {
  timeout: 120_000 + MAY_DOWNLOAD.timeout,
}, async ({ skip }) => {
  await using registry = await serveBusybox()
  if (registry.kind === 'missing') return skip(registry.reason)
  const { at } = registry
  const compose = `name: job\nservices:\n  web: { image: "${registry.host}/t/bb:1", command: [sleep, "1000"], init: true }\n`
  await using first = new TestProject({ compose })
  await first.succeed('pull')
  execFileSync('tar', ['-C', join(first.state, 'data'), '-cf', at('cache.tar'), 'images', 'layers'])
  await registry.stop()

  await using second = new TestProject({ compose })
  execFileSync('mkdir', ['-p', join(second.state, 'data')])
  execFileSync('tar', ['-C', join(second.state, 'data'), '--touch', '-xf', at('cache.tar')])
  const [layer = ''] = readdirSync(join(second.state, 'data/layers/sha256'))
  rmSync(join(second.state, 'data/layers/sha256', layer, 'bin'), { recursive: true })
  await second.succeed('up', '-d')
  expect(await second.succeed('exec', '-T', 'web', 'echo', 'restored')).toBe('restored\n')

  await using third = new TestProject({ compose })
  execFileSync('mkdir', ['-p', join(third.state, 'data')])
  execFileSync('tar', ['-C', join(third.state, 'data'), '-xf', at('cache.tar'), 'images'])
  const blobs = join(third.state, 'data/images/blobs/sha256')
  for (const name of readdirSync(blobs)) {
    const bytes = readFileSync(join(blobs, name))
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    writeFileSync(join(blobs, name), bytes)
  }
  const damaged = await third.run(['up', '-d'])
  expect(damaged.exitCode).toBe(1)
  expect(damaged.stderr).toMatch(/error\[TC300\d\]/)
})
