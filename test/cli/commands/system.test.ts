import { expect, test } from 'vitest'
import type { StoreUsage } from '../../../src/app/index.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { fakeImageStore } from '../../support/fake-image-store.ts'
import { aStoredImage } from '../../support/stored-image.ts'

const usage: StoreUsage = {
  images: [
    aStoredImage('docker.io/library/redis:7', { containers: [{ project: 'shop', container: 'shop-web-1' }] }),
    aStoredImage('a', { names: [] }),
  ],
  containers: [
    {
      id: '0123456789abcdef',
      project: 'shop',
      name: 'shop-web-1',
      image: 'redis:7',
      command: ['redis-server'],
      createdAt: Date.parse('2026-11-23T11:00:00Z'),
      isRunning: true,
      volumes: 1,
      bytes: 4000,
    },
  ],
  volumes: [{ name: 'shop_data', links: 0, bytes: 2000 }],
  layers: { bytes: 20_000_000, reclaimable: 5_000_000 },
  blobs: { bytes: 10_000_000, reclaimable: 1_000_000 },
  downloads: { count: 2, active: 1, bytes: 1000, reclaimable: 500 },
  buildCache: { count: 7, active: 3, bytes: 3_000_000, reclaimable: 2_000_000 },
}

async function system(...args: readonly string[]) {
  const calls: unknown[] = []
  const store = fakeImageStore({
    usage: async () => usage,
    prune: async options => {
      calls.push(options)
      return { untagged: [], deleted: [], leftovers: [], bytes: 1000 }
    },
    pruneBuildCache: async options => {
      calls.push({ buildCache: options })
      return { steps: 1, folders: 0, bytes: 4000 }
    },
    pruneVolumes: async options => {
      calls.push({ volumes: options })
      return { names: ['v'], bytes: 2000 }
    },
  })
  const ports = recordedPorts(['system', ...args], { images: async () => store })
  const exitCode = await runCli(ports)
  return { exitCode, calls, stdout: ports.stdout.text }
}

test('system df shows what each kind takes up, and how much of it a prune would free', async () => {
  expect((await system('df')).stdout).toBe(
    [
      'TYPE            TOTAL   ACTIVE   SIZE   RECLAIMABLE',
      'Images          2       1        30MB   6MB (20%)',
      'Containers      1       1        4kB    0B (0%)',
      'Local Volumes   1       0        2kB    2kB (100%)',
      'Build Cache     7       3        3MB    2MB (66%)',
      'Downloads       2       1        1kB    500B (50%)',
      '',
    ].join('\n'),
  )
})

test('system df -v shows each thing, and --format json an object for each kind', async () => {
  const { stdout } = await system('df', '-v')
  for (const text of [
    'redis',
    '<none>',
    'shop-web-1',
    'About an hour ago',
    'shop_data',
    '20MB unpacked, 10MB packed',
  ]) {
    expect(stdout).toContain(text)
  }
  const [line = ''] = (await system('df', '--format', 'json')).stdout.split('\n')
  expect(JSON.parse(line)).toEqual({
    Type: 'Images',
    TotalCount: '2',
    Active: '1',
    Size: '30MB',
    Reclaimable: '6MB (20%)',
  })
})

test('system prune leaves volumes, unless they are asked for', async () => {
  expect((await system('prune', '-f')).calls).toEqual([{ all: false }, { buildCache: { all: false } }])
  expect(await system('prune', '-f', '-a', '--volumes')).toMatchObject({
    calls: [{ volumes: { all: true } }, { all: true }, { buildCache: { all: true } }],
    stdout: 'Deleted Volumes:\nv\n\nDeleted build cache objects:\n1 step\n\nTotal reclaimed space: 7kB\n',
  })
  expect((await system('prune')).exitCode).toBe(2)
})

test('system prune keeps what is younger than it was told', async () => {
  const until = Date.parse('2026-11-22T12:00:00Z')
  expect((await system('prune', '-f', '--filter', 'until=24h')).calls).toEqual([
    { all: false, until },
    { buildCache: { all: false, until } },
  ])
  expect(await system('prune', '-f', '--filter', 'until=soon')).toMatchObject({ exitCode: 2, calls: [] })
})
