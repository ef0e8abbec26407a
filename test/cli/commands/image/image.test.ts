import { describe, expect, test } from 'vitest'
import type { CliPorts } from '../../../../src/cli/cli-ports.ts'
import { runCli } from '../../../../src/cli/run-cli.ts'
import type { ImageStore } from '../../../../src/engine/image-store.ts'
import { parsePlatform } from '../../../../src/model/platform.ts'
import type { PruneImagesOptions } from '../../../../src/model/stored-image.ts'
import { imageIdOf } from '../../../support/apply-plan.ts'
import { recordedOutput, recordedPorts } from '../../../support/cli-ports.ts'
import { fakeImageStore } from '../../../support/fake-image-store.ts'
import { aStoredImage } from '../../../support/stored-image.ts'

const redis = aStoredImage('docker.io/library/redis:7')
const app = aStoredImage('ghcr.io/team/app:1', {
  names: ['ghcr.io/team/app:1', 'ghcr.io/team/app:latest'].map(reference => ({
    reference,
    digest: undefined,
    givenAt: undefined,
  })),
  createdAt: undefined,
})
const nameless = aStoredImage('old', { names: [] })
const short = (id: string) => id.slice('sha256:'.length, 'sha256:'.length + 12)

async function image(args: readonly string[], store: Partial<ImageStore>, changes: Partial<CliPorts> = {}) {
  const ports = recordedPorts(['image', ...args], { images: fakeImageStore(store) }, changes)
  const exitCode = await runCli({ ...ports, ...changes })
  return { exitCode, stdout: ports.stdout.text, stderr: ports.stderr.text }
}

describe('image ls', () => {
  const ls = (...args: readonly string[]) =>
    image(['ls', ...args], { list: async () => [redis, app, nameless] })

  test('shows a line for each name, and for an image without one', async () => {
    expect((await ls()).stdout).toBe(
      [
        'REPOSITORY         TAG      PLATFORM      IMAGE ID       CREATED      SIZE',
        `redis              7        linux/amd64   ${short(redis.id)}   5 days ago   12.3MB`,
        `ghcr.io/team/app   1        linux/amd64   ${short(app.id)}   N/A          12.3MB`,
        `ghcr.io/team/app   latest   linux/amd64   ${short(app.id)}   N/A          12.3MB`,
        `<none>             <none>   linux/amd64   ${short(nameless.id)}   5 days ago   12.3MB`,
        '',
      ].join('\n'),
    )
  })

  test('-q shows each id once, whole with --no-trunc', async () => {
    expect((await ls('-q')).stdout).toBe([redis, app, nameless].map(({ id }) => `${short(id)}\n`).join(''))
    expect((await ls('-q', '--no-trunc', 'redis')).stdout).toBe(`${redis.id}\n`)
  })

  test('--format json writes an object for each line, with --digests or without', async () => {
    const [line = ''] = (await ls('--format', 'json')).stdout.split('\n')
    expect(JSON.parse(line)).toMatchObject({
      Repository: 'redis',
      Tag: '7',
      Platform: 'linux/amd64',
      Size: '12.3MB',
      SharedSize: '10MB',
      Digest: imageIdOf('registry'),
    })
    expect((await ls('--digests', 'redis')).stdout).toContain(`7     ${imageIdOf('registry')}   `)
  })

  const filters = [
    { args: ['--filter', 'dangling=true'], count: 1 },
    { args: ['--filter', 'dangling=false'], count: 3 },
    { args: ['--filter', 'reference=redis'], count: 1 },
    { args: ['--filter', 'reference=ghcr.io/*/app'], count: 2 },
    { args: ['--filter', 'reference=*:7'], count: 1 },
    { args: ['ghcr.io/team/app:latest'], count: 1 },
    { args: ['nothing'], count: 0 },
  ]
  for (const { args, count } of filters) {
    test(`${args.join(' ')} shows ${count}`, async () => {
      expect((await ls('--format', 'json', ...args)).stdout.split('\n')).toHaveLength(count + 1)
    })
  }

  test('refuses a filter that there is not', async () => {
    expect(await ls('--filter', 'size=1')).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

describe('image prune', () => {
  const removed = {
    untagged: [{ reference: 'docker.io/library/redis:7' }],
    deleted: [redis.id],
    leftovers: [`download ${redis.id}`],
    bytes: 5_000_000,
  }

  async function prune(args: readonly string[], changes: Partial<CliPorts> = {}) {
    const asked: PruneImagesOptions[] = []
    const result = await image(
      ['prune', ...args],
      {
        prune: async options => {
          asked.push(options)
          return removed
        },
      },
      changes,
    )
    return { ...result, asked }
  }

  test('asks on a terminal and does nothing but for a yes', async () => {
    for (const [answer, count] of [
      ['y', 1],
      ['', 0],
      ['no', 0],
    ] as const) {
      const { asked, exitCode, stderr } = await prune([], { isInputTerminal: true, ask: async () => answer })
      expect(asked, answer).toHaveLength(count)
      expect(exitCode).toBe(0)
      expect(stderr).toContain('WARNING! This will remove all dangling images.')
    }
  })

  test('refuses to go on with nobody to ask, unless it is forced', async () => {
    expect(await prune([])).toMatchObject({ exitCode: 2, asked: [] })
    expect(await prune(['-f', '-a'])).toMatchObject({
      exitCode: 0,
      asked: [{ all: true }],
      stdout: `Deleted Images:\nUntagged: redis:7\nDeleted: ${redis.id}\n\nDeleted leftovers:\ndownload ${redis.id}\n\nTotal reclaimed space: 5MB\n`,
    })
  })

  test('takes a time until which', async () => {
    const { asked } = await prune(['-f', '--filter', 'until=24h'])
    expect(asked).toEqual([{ all: false, until: Date.parse('2026-11-22T12:00:00Z') }])
    expect((await prune(['-f', '--filter', 'until=soon'])).exitCode).toBe(2)
    expect((await prune(['-f', '--filter', 'label=a'])).exitCode).toBe(2)
  })
})

test('image save and export refuse to write to a terminal, image load to read from one', async () => {
  const changes = { stdout: recordedOutput({ isTerminal: true }), isInputTerminal: true }
  expect((await image(['save', 'a'], {}, changes)).exitCode).toBe(2)
  expect((await image(['load'], {}, changes)).exitCode).toBe(2)
})

test('image load says which images there were', async () => {
  const loaded = [
    { id: redis.id, names: [{ reference: 'docker.io/library/redis:7' }] },
    { id: app.id, names: [] },
  ]
  const { stdout } = await image(['load', '-i', '/a.tar'], { load: async () => loaded })
  expect(stdout).toBe(`Loaded image: redis:7\nLoaded image ID: ${app.id}\n`)
})

test('image rm says what went, and image inspect what is known in the form of Docker', async () => {
  const rm = await image(['rm', 'redis:7'], {
    remove: async () => ({
      untagged: [{ reference: 'docker.io/library/redis:7' }],
      deleted: [redis.id],
      leftovers: [],
      bytes: 0,
    }),
  })
  expect(rm.stdout).toBe(`Untagged: redis:7\nDeleted: ${redis.id}\n`)
  const inspect = await image(['inspect', 'redis:7'], {
    inspect: async () => ({
      ...redis,
      document: { config: { Cmd: ['a'] } },
      layers: [app.id],
      manifest: app.id,
    }),
  })
  expect(JSON.parse(inspect.stdout)).toMatchObject([
    {
      Id: redis.id,
      RepoTags: ['redis:7'],
      RepoDigests: [`redis@${imageIdOf('registry')}`],
      Os: 'linux',
      Architecture: 'amd64',
      Config: { Cmd: ['a'] },
      RootFS: { Type: 'layers', Layers: [app.id] },
      Size: 12_345_678,
    },
  ])
})

test('image rm, inspect and save take a platform, and image rm says it', async () => {
  const asked: unknown[] = []
  const wanted = { reference: 'redis:7', platform: 'linux/arm64' }
  const rm = await image(['rm', '--platform', 'arm64', 'redis:7'], {
    remove: async images => {
      asked.push(...images)
      const platform = parsePlatform('linux/arm64')
      const untagged = [{ reference: 'docker.io/library/redis:7', platform }]
      return { untagged, deleted: [], leftovers: [], bytes: 0 }
    },
  })
  expect(rm.stdout).toBe('Untagged: redis:7 for linux/arm64\n')
  await image(['inspect', '--platform', 'linux/arm64/v8', 'redis:7'], {
    inspect: async other => {
      asked.push(other)
      return { ...redis, document: {}, layers: [], manifest: undefined }
    },
  })
  await image(['save', '--platform', 'linux/arm64', 'redis:7'], {
    save: async ({ images }) => {
      asked.push(...images)
    },
  })
  expect(asked).toEqual([wanted, wanted, wanted])
  expect((await image(['rm', '--platform', 'a/b/c/d', 'redis:7'], {})).exitCode).toBe(2)
})
