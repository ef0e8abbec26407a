import { join } from 'node:path'
import { expect, test } from 'vitest'
import { imageLayout } from '../support/parts/image-layout.ts'
import { imageRootfs } from '../support/parts/image-rootfs.ts'
import { makeOciLayout } from '../support/parts/make-oci-layout.ts'
import { pushLayout } from '../support/registry/push-layout.ts'
import { startRegistry } from '../support/registry/registry-server.ts'
import { serveBusybox } from '../support/registry/serve-busybox.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

test("up pulls a service's image from a registry, and a second up needs no registry and changes nothing", async ({
  skip,
}) => {
  const layout = await imageLayout('busybox')
  if (layout.kind === 'missing') return skip(layout.reason)
  using folder = temporaryFolder()
  await using registry = await startRegistry({
    storage: join(folder.path, 'storage'),
    config: join(folder.path, 'c.json'),
  })
  if (registry.kind === 'missing') return skip(registry.reason)
  const digest = await pushLayout({ layout: layout.dir, host: registry.host, repository: 't/bb', tag: '1' })
  const service = (image: string) =>
    `name: pulled\nservices:\n  web:\n    image: ${image}\n    command: [sleep, "1000"]\n    init: true\n`
  await using project = new TestProject({ compose: service(`${registry.host}/t/bb:1`) })
  await project.succeed('up', '-d')
  const [id] = (await project.succeed('ps', '-q')).split('\n')
  expect(await project.succeed('exec', '-T', 'web', 'cat', '/etc/passwd')).toContain('root:')

  await registry[Symbol.asyncDispose]()
  await project.succeed('up', '-d')
  expect(await project.succeed('ps', '-q')).toContain(id)
  expect((await project.run(['plan', '--detailed-exitcode'])).exitCode).toBe(0)

  await project.succeed('down')
  project.write('compose.yaml', service(`${registry.host}/t/bb@${digest}`))
  await project.succeed('up', '-d')
})

test('pull follows a tag that moved, up uses the new image, and pull --policy missing asks no registry', async ({
  skip,
}) => {
  await using registry = await serveBusybox()
  if (registry.kind === 'missing') return skip(registry.reason)
  const { at } = registry
  const target = { host: registry.host, repository: 't/bb', tag: '1' }
  const image = `${registry.host}/t/bb:1`
  await using project = new TestProject({
    compose: `name: moved\nservices:\n  web:\n    image: ${image}\n    command: [sleep, "1000"]\n    init: true\n`,
  })
  await project.succeed('pull')
  expect((await project.run(['pull'])).stderr).toContain(` Image ${image}  Pulled  up to date\n`)
  await project.succeed('up', '-d')
  const first = await project.succeed('ps', '-q')

  const rootfs = await imageRootfs('busybox')
  if (rootfs.kind === 'missing') return skip(rootfs.reason)
  const config = { Env: ['PATH=/bin', 'NEW=yes'] }
  await makeOciLayout({ layers: [rootfs.dir], config, target: at('new') })
  await pushLayout({ layout: at('new'), ...target })
  await project.succeed('up', '-d')
  expect(await project.succeed('ps', '-q')).toBe(first)
  await project.succeed('pull', '-q', 'web')
  await project.succeed('up', '-d')
  expect(await project.succeed('exec', '-T', 'web', 'sh', '-c', 'echo $NEW')).toBe('yes\n')

  // Back to an image that is still complete here.
  await pushLayout({ layout: registry.layout, ...target })
  expect((await project.run(['pull'])).stderr).toMatch(/ Pulled$/m)
  expect((await project.run(['pull'])).stderr).toMatch(/ Pulled {2}up to date$/m)

  await registry.stop()
  expect((await project.run(['pull', '--policy', 'missing'])).stderr).toBe(
    ` Image ${image}  Skipped  Image is already present locally\n`,
  )
  const failed = await project.run(['pull'])
  expect(failed.exitCode).toBe(1)
  expect(failed.stderr).toContain('error[TC3006]')
  await project.succeed('pull', '--ignore-pull-failures')
})

test('up reports which registry cannot be reached, and for which line of the file', async () => {
  await using project = new TestProject({
    compose: 'name: a\nservices:\n  web:\n    image: 127.0.0.1:1/t/bb:1\n    command: ["true"]\n',
  })
  const result = await project.run(['up', '-d'])
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toContain('error[TC3006]')
  expect(result.stderr).toContain('compose.yaml:4:')
})
