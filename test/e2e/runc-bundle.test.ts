import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { readEngineHost } from '../../src/engine/local/host/engine-host.ts'
import { mountPoints } from '../../src/linux/cgroup/remove-cgroup.ts'
import { eventually } from '../support/eventually.ts'
import { type ExampleRequest, exampleLaunch } from '../support/example-launch.ts'
import { expectNothingNew, type HostState, snapshotHost } from '../support/host-state.ts'
import { type FoundProgram, findProgram } from '../support/parts/find-program.ts'
import { imageLayout } from '../support/parts/image-layout.ts'
import type { ImageName } from '../support/parts/image-rootfs.ts'
import { RuncContainer } from '../support/runc-container.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'

let runc: FoundProgram
let before: HostState
let folder: TemporaryFolder
const NAME = `tcompose-runc-${process.pid}`

beforeAll(async () => {
  runc = await findProgram('runc')
})

beforeEach(() => {
  before = snapshotHost()
  folder = temporaryFolder()
})

afterEach(() => {
  folder[Symbol.dispose]()
  expectNothingNew(before, { naming: [folder.path, NAME] })
})

/** Has runc run a service of an example from a bundle. */
async function run(request: Pick<ExampleRequest, 'example' | 'service'> & Partial<ExampleRequest>) {
  if (runc.kind === 'missing') throw new Error(runc.reason)
  const launch = await exampleLaunch({
    environment: { PATH: process.env['PATH'] ?? '', IMAGES: folder.path },
    folder: folder.path,
    cgroup: NAME,
    aliases: [],
    ...request,
  })
  return new RuncContainer({ command: runc.command, launch, folder: folder.path, name: NAME })
}

/** Puts an image where the guestbook looks for it; returns why there is none, if so. */
async function linkImage(name: ImageName): Promise<string | undefined> {
  const image = await imageLayout(name)
  if (image.kind === 'missing') return image.reason
  symlinkSync(image.dir, join(folder.path, name))
  return undefined
}

/** Returns the memory limit of the container's control group, in bytes. */
function memoryLimit(): number {
  const { cgroups } = readEngineHost({ filters: '/none' })
  const file = cgroups.kind === 'v2' ? 'memory.max' : 'memory.limit_in_bytes'
  const root = mountPoints(cgroups).find(path => cgroups.kind === 'v2' || path.endsWith('/memory'))
  return Number(readFileSync(join(root ?? '', NAME, file), 'utf8'))
}

test('runc runs the counter of examples/hello, which keeps its count in a volume', async context => {
  context.skip(runc.kind === 'missing', runc.kind === 'missing' ? runc.reason : '')
  await using counter = await run({ example: 'hello', service: 'counter' })
  const ask = `const post = { method: 'POST' }; console.log(await (await fetch('http://127.0.0.1:7000', post)).text())`
  const visit = () => counter.exec('node', '--input-type=module', '-e', ask)
  expect(await eventually(visit)).toBe('{"count":1}\n')
  expect(await visit()).toBe('{"count":2}\n')
  expect(readFileSync(join(folder.path, 'data/volumes/hello_counts/_data/count'), 'utf8')).toBe('2')
  expect(memoryLimit()).toBe(128 * 2 ** 20)
  await expect(counter.exec('touch', '/app/new')).rejects.toThrow(/Read-only file system/)
  expect(await counter.stop('TERM')).toMatchObject({ exitCode: 0, stdout: 'counter starts at 0\n' })
})

test('runc runs redis of examples/guestbook as its own user, confined as tcompose does it', async context => {
  context.skip(runc.kind === 'missing', runc.kind === 'missing' ? runc.reason : '')
  const missing = await linkImage('redis')
  context.skip(missing !== undefined, missing)
  await using cache = await run({ example: 'guestbook', service: 'cache' })
  expect(await eventually(() => cache.exec('redis-cli', 'ping'))).toBe('PONG\n')
  expect(await cache.exec('redis-cli', 'config', 'get', 'maxmemory')).toBe('maxmemory\n33554432\n')
  expect(await cache.exec('sh', '-c', 'id -u; stat -c %U /data; pwd')).toBe('998\nredis\n/data\n')
  const status = await cache.exec(
    'grep',
    '-E',
    '^(CapEff|CapBnd|Seccomp|NoNewPrivs|Umask):',
    '/proc/1/status',
  )
  expect(status.split('\n').map(line => line.replace(/:\s+/, ' '))).toEqual([
    'Umask 0022',
    'CapEff 0000000000000000',
    'CapBnd 00000000a80425fb',
    'NoNewPrivs 0',
    'Seccomp 2',
    '',
  ])
  expect(await cache.exec('sh', '-c', 'ls -A /sys/firmware; wc -c < /proc/keys')).toBe('0\n')
  expect(memoryLimit()).toBe(64 * 2 ** 20)
  expect((await cache.stop('TERM')).exitCode).toBe(0)
})

test('runc runs nginx of examples/guestbook, which serves a page that is bound read-only', async context => {
  context.skip(runc.kind === 'missing', runc.kind === 'missing' ? runc.reason : '')
  const missing = await linkImage('nginx')
  context.skip(missing !== undefined, missing)
  await using front = await run({ example: 'guestbook', service: 'front', aliases: ['app'] })
  const page = await eventually(() => front.exec('wget', '-qO-', 'http://127.0.0.1/'))
  expect(page).toContain('<h1>Guestbook</h1>')
  await expect(front.exec('touch', '/usr/share/nginx/html/new')).rejects.toThrow(/Read-only file system/)
  expect((await front.stop('QUIT')).exitCode).toBe(0)
})
