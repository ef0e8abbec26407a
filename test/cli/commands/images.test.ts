import { expect, test } from 'vitest'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { imageIdOf } from '../../support/apply-plan.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { fakeImageStore } from '../../support/fake-image-store.ts'
import { anObservedContainer } from '../../support/observed-container.ts'
import { aStoredImage } from '../../support/stored-image.ts'

const redis = aStoredImage('docker.io/library/redis:7')
const containers = [
  anObservedContainer('cache', { image: 'docker.io/library/redis:7', imageId: redis.id }),
  anObservedContainer('cache', {
    number: 2,
    name: 'shop-cache-2',
    image: 'docker.io/library/redis:7',
    imageId: redis.id,
  }),
  anObservedContainer('half', { imageId: undefined, state: { kind: 'incomplete' } }),
  anObservedContainer('local', { image: 'oci:app', imageId: imageIdOf('oci:app') }),
]

async function images(...args: readonly string[]) {
  const ports = recordedPorts(['images', ...args], {
    findContainers: async () => ({
      ...{ kind: 'found', project: parseProjectName('shop'), containers, services: undefined },
    }),
    images: async () => fakeImageStore({ list: async () => [redis] }),
  })
  return { exitCode: await runCli(ports), stdout: ports.stdout.text }
}

const short = (id: string): string => id.slice('sha256:'.length, 'sha256:'.length + 12)

test('images shows the image of each container, also of one that is not in the store', async () => {
  const { exitCode, stdout } = await images()
  expect(exitCode).toBe(0)
  expect(stdout.split('\n').map(line => line.trimEnd().split(/ {2,}/))).toEqual([
    ['CONTAINER', 'REPOSITORY', 'TAG', 'PLATFORM', 'IMAGE ID', 'SIZE', 'CREATED'],
    ['shop-cache-1', 'redis', '7', 'linux/amd64', short(redis.id), '12.3MB', '5 days ago'],
    ['shop-cache-2', 'redis', '7', 'linux/amd64', short(redis.id), '12.3MB', '5 days ago'],
    ['shop-half-1', expect.anything(), expect.anything(), 'N/A', 'N/A'],
    ['shop-local-1', expect.anything(), expect.anything(), short(imageIdOf('oci:app')), 'N/A', 'N/A'],
    [''],
  ])
})

test('images of services shows theirs alone', async () => {
  const rows = JSON.parse((await images('--format', 'json', 'local')).stdout)
  expect(rows).toEqual([
    {
      ...{ ID: imageIdOf('oci:app'), ContainerName: 'shop-local-1', Platform: '', Size: 0 },
      ...{ Repository: expect.any(String), Tag: expect.any(String) },
    },
  ])
})

test('images -q writes each id once, and none for a container that has none', async () => {
  const ids = [redis.id, imageIdOf('oci:app')].map(id => `${id.slice('sha256:'.length)}\n`)
  expect((await images('-q')).stdout).toBe(ids.join(''))
})

test('images --format table shows what images shows', async () => {
  expect((await images('--format', 'table')).stdout).toBe((await images()).stdout)
})
