import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sealText } from '../../src/disk/checksum.ts'
import { tryLock } from '../../src/disk/flock.ts'
import { imageRootfs } from '../support/parts/image-rootfs.ts'
import { makeOciLayout } from '../support/parts/make-oci-layout.ts'
import { pushLayout } from '../support/registry/push-layout.ts'
import { pushPlatforms } from '../support/registry/push-platforms.ts'
import { startRegistry } from '../support/registry/registry-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

/** A registry with images of busybox that differ by their variable `V`. */
async function serveVersions() {
  const folder = temporaryFolder()
  const rootfs = await imageRootfs('busybox')
  const registry = await startRegistry({
    storage: join(folder.path, 'storage'),
    config: join(folder.path, 'c.json'),
  })
  const missing = [rootfs, registry].flatMap(part => (part.kind === 'missing' ? part.reason : []))
  const host = registry.kind === 'missing' ? '' : registry.host
  const dispose = async () => {
    await registry[Symbol.asyncDispose]?.()
    folder[Symbol.dispose]()
  }
  const layoutOf = async (
    version: string,
    more: { layers?: readonly string[]; architecture?: string } = {},
  ) => {
    const target = join(folder.path, `layout-${version}`)
    const { layers = [], ...rest } = more
    const root = rootfs.kind === 'missing' ? '' : rootfs.dir
    await makeOciLayout({
      layers: [root, ...layers],
      config: { Env: ['PATH=/bin', `V=${version}`] },
      target,
      ...rest,
    })
    return target
  }
  return {
    folder: folder.path,
    missing: missing[0],
    host,
    layoutOf,
    push: async (version: string, layers: readonly string[] = []) => {
      const layout = await layoutOf(version, { layers })
      await pushLayout({ layout, host, repository: 't/v', tag: '1' })
      return `${host}/t/v:1`
    },
    stop: () => registry[Symbol.asyncDispose]?.(),
    [Symbol.asyncDispose]: dispose,
  }
}

function service(image: string, more = ''): string {
  return `name: pulls\nservices:\n  web:\n    image: ${image}\n    command: [sleep, "1000"]\n    init: true\n${more}`
}

async function version(project: TestProject): Promise<string> {
  return (await project.succeed('exec', '-T', 'web', 'sh', '-c', 'echo $V')).trim()
}

test('up creates nothing if one image of several cannot be fetched', async () => {
  await using project = new TestProject({
    compose: `name: nothing\nservices:\n  good: {image: "rootfs:/", command: [sleep, "100"], volumes: ["data:/data"]}\n  bad:\n    image: 127.0.0.1:1/t/v:1\nvolumes: {data: }\n`,
  })
  const plan = await project.succeed('plan')
  expect(plan.split('\n')[0]).toBe(' 1  127.0.0.1:1/t/v:1  fetch image       (not found)'.trimStart())
  const failed = await project.run(['up', '-d'])
  expect(failed.exitCode).toBe(1)
  expect(failed.stderr).toContain('error[TC3006]')
  expect(failed.stderr).toContain('compose.yaml:5:')
  expect(failed.stderr).toContain('Nothing was changed except images.')
  const { state } = project
  expect(existsSync(join(state, 'data/projects'))).toBe(false)
  expect(existsSync(join(state, 'data/volumes'))).toBe(false)
  expect(existsSync(join(state, 'run/projects')) ? readdirSync(join(state, 'run/projects')) : []).toEqual([])
})

test('pull_policy always follows a tag, and fails without its registry while the container keeps running', async ({
  skip,
}) => {
  await using served = await serveVersions()
  if (served.missing !== undefined) return skip(served.missing)
  const image = await served.push('one')
  await using project = new TestProject({ compose: service(image, '    pull_policy: always\n') })
  await project.succeed('up', '-d')
  expect((await project.run(['plan', '--detailed-exitcode'])).exitCode).toBe(0)
  expect(await version(project)).toBe('one')

  await served.push('two')
  const plan = await project.succeed('plan')
  expect(plan).toMatch(/fetch image +\(changed in its registry\)/)
  expect(plan).toMatch(/create container +\(image changed\) +<- 1/)
  await project.succeed('up', '-d')
  expect(await version(project)).toBe('two')

  await served.stop()
  for (const command of [['up', '-d'], ['plan']]) {
    const failed = await project.run(command)
    expect(failed.exitCode).toBe(1)
    expect(failed.stderr).toContain('error[TC3006]')
    expect(failed.stderr).toContain('compose.yaml:4:')
    expect(failed.stderr).toContain('Nothing was changed.')
  }
  expect(await version(project)).toBe('two')
  await project.succeed('up', '-d', '--pull', 'missing')
})

test('pull_policy never requires the image to be present, and asks no registry', async ({ skip }) => {
  await using served = await serveVersions()
  if (served.missing !== undefined) return skip(served.missing)
  const image = await served.push('one')
  await using project = new TestProject({ compose: service(image, '    pull_policy: never\n') })
  const refused = await project.run(['up', '-d'])
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain('error[TC3001]')
  expect(refused.stderr).toContain('compose.yaml:7:')
  expect(existsSync(join(project.state, 'data/projects'))).toBe(false)
  expect((await project.run(['pull'])).exitCode).toBe(0)
  expect((await project.run(['up', '-d'])).exitCode).toBe(1)

  await project.succeed('pull', '--policy', 'missing')
  await served.stop()
  await project.succeed('up', '-d')
  expect(await version(project)).toBe('one')

  project.write('compose.yaml', service('127.0.0.1:1/other:1'))
  const forbidden = await project.run(['up', '-d', '--pull', 'never'])
  expect(forbidden.stderr).toContain('compose.yaml:4:')
  expect(await version(project)).toBe('one')
})

test('pull_policy daily asks the registry when a day has passed since the last pull', async ({ skip }) => {
  await using served = await serveVersions()
  if (served.missing !== undefined) return skip(served.missing)
  const image = await served.push('one')
  await using project = new TestProject({ compose: service(image, '    pull_policy: daily\n') })
  await project.succeed('up', '-d')
  await served.push('two')
  await project.succeed('up', '-d')
  expect(await version(project)).toBe('one')

  const references = join(project.state, 'data/images/references')
  const [name = ''] = readdirSync(references)
  pullYesterday(join(references, name))
  expect(await project.succeed('plan')).toContain('changed in its registry')
  await project.succeed('up', '-d')
  expect(await version(project)).toBe('two')

  pullYesterday(join(references, name))
  expect(await project.succeed('plan')).toMatch(
    /fetch image +\(pulled more than 1 day ago\)\n\nPlan: 0 to create/,
  )
  await project.succeed('up', '-d')
  await served.stop()
  expect((await project.run(['plan', '--detailed-exitcode'])).exitCode).toBe(0)
})

test('pull needs no project lock, and failures that are to be ignored are warnings', async ({ skip }) => {
  await using served = await serveVersions()
  if (served.missing !== undefined) return skip(served.missing)
  const image = await served.push('one')
  const other = '  other: {image: "127.0.0.1:1/t/v:1"}\n'
  await using project = new TestProject({ compose: service(image, other) })
  const runDir = join(project.state, 'run/projects/pulls')
  mkdirSync(runDir, { recursive: true })
  {
    using _lock = tryLock(join(runDir, 'lock'))
    const failed = await project.run(['pull'])
    expect(failed.exitCode).toBe(1)
    expect(failed.stderr).toContain('error[TC3006]')
    const ignored = await project.run(['pull', '--ignore-pull-failures'])
    expect(ignored.exitCode).toBe(0)
    expect(ignored.stderr).toContain('warning: Cannot get image "127.0.0.1:1/t/v:1"')
    expect(ignored.stderr).not.toContain('error')
    expect((await project.run(['pull', '-q', 'web'])).stderr).toBe('')
  }
  expect(existsSync(join(project.state, 'data/projects'))).toBe(false)
})

test('platform chooses from a multi-platform image, stores each separately, and lists those that exist', async ({
  skip,
}) => {
  await using served = await serveVersions()
  if (served.missing !== undefined) return skip(served.missing)
  const { host, layoutOf } = served
  const own = process.arch === 'x64' ? 'amd64' : process.arch
  const foreign = own === 'arm64' ? 'amd64' : 'arm64'
  const layouts = new Map([
    [`linux/${own}`, await layoutOf('own')],
    [`linux/${foreign}`, await layoutOf('foreign', { architecture: foreign })],
  ])
  await pushPlatforms(layouts, { host, repository: 't/v', tag: '1' })
  const image = `${host}/t/v:1`
  await using project = new TestProject({ compose: service(image) })
  await project.succeed('pull')
  const chosen = { env: { DOCKER_DEFAULT_PLATFORM: `linux/${foreign}` } }
  expect((await project.run(['plan'], chosen)).stdout).toContain(`${image} for linux/${foreign}`)
  expect((await project.run(['pull'], chosen)).exitCode).toBe(0)
  await served.stop()
  expect((await project.run(['plan'], chosen)).stdout).not.toContain('fetch image')
  expect(await project.succeed('plan')).not.toContain('fetch image')
  const hash = await project.succeed('config', '--hash', 'web')
  expect((await project.run(['config', '--hash', 'web'], chosen)).stdout).toBe(hash)

  project.write('compose.yaml', service(image, '    platform: linux/s390x\n'))
  const listed = await project.run(['pull'])
  expect(listed.exitCode).toBe(1)
  expect(await project.succeed('config', '--hash', 'web')).not.toBe(hash)
  const wrong = await project.run(['pull'], { env: { DOCKER_DEFAULT_PLATFORM: 'windows/amd64' } })
  expect(wrong.exitCode).toBe(2)
  expect(wrong.stderr).toContain('DOCKER_DEFAULT_PLATFORM')
})

test('an image without the platform is an error that lists those that it has', async ({ skip }) => {
  await using served = await serveVersions()
  if (served.missing !== undefined) return skip(served.missing)
  const { host, layoutOf } = served
  const layouts = new Map([
    ['linux/amd64', await layoutOf('a', { architecture: 'amd64' })],
    ['linux/arm64', await layoutOf('b', { architecture: 'arm64' })],
  ])
  await pushPlatforms(layouts, { host, repository: 't/v', tag: '1' })
  await using project = new TestProject({
    compose: service(`${host}/t/v:1`, '    platform: linux/riscv64\n'),
  })
  const failed = await project.run(['pull'])
  expect(failed.exitCode).toBe(1)
  expect(failed.stderr).toContain('it is made for linux/amd64, linux/arm64, expected linux/riscv64')
})

test('an image of another platform is refused if the file asks for that of the machine, and otherwise a warning', async ({
  skip,
}) => {
  await using served = await serveVersions()
  if (served.missing !== undefined) return skip(served.missing)
  const { host, layoutOf } = served
  const own = process.arch === 'x64' ? 'amd64' : process.arch
  const layout = await layoutOf('wrong', { architecture: 's390x' })
  await pushLayout({ layout, host, repository: 't/v', tag: '1' })
  const image = `${host}/t/v:1`
  await using project = new TestProject({ compose: service(image) })
  const ran = await project.run(['up', '-d'])
  expect(ran.exitCode).toBe(0)
  expect(ran.stderr).toContain('is made for linux/s390x, and this machine runs linux/')
  await project.succeed('down')
  project.write('compose.yaml', service(image, `    platform: linux/${own}\n`))
  for (const command of [['pull'], ['up', '-d']]) {
    const failed = await project.run(command)
    expect(failed.exitCode).toBe(1)
    expect(failed.stderr).toContain(`it is made for linux/s390x, expected linux/${own}`)
  }
})

test('a mount of an image shows its layers merged, read-only, and follows the image', async ({ skip }) => {
  await using served = await serveVersions()
  if (served.missing !== undefined) return skip(served.missing)
  const layer = (name: string, files: Readonly<Record<string, string>>) => {
    const root = join(served.folder, name)
    mkdirSync(join(root, 'share/sub'), { recursive: true })
    for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text)
    return root
  }
  const low = layer('low', { 'share/low': 'low\n', 'share/both': 'low\n', 'share/gone': 'gone\n' })
  const high = layer('high', { 'share/both': 'high\n', 'share/.wh.gone': '', 'share/sub/x': 'x\n' })
  const image = await served.push('data', [low, high])
  const mounts = [
    `{type: image, source: "${image}", target: /all}`,
    `{type: image, source: "${image}", target: /share, image: {subpath: share}}`,
    `{type: image, source: "${image}", target: /sub, image: {subpath: share/sub}}`,
    `{type: image, source: "${image}", target: /one, image: {subpath: share/both}}`,
  ]
  const compose = (subpath = '') =>
    `name: pulls\nservices:\n  web:\n    image: rootfs:/\n    command: [sleep, "1000"]\n    init: true\n    volumes:\n${[...mounts, ...(subpath === '' ? [] : [`{type: image, source: "${image}", target: /none, image: {subpath: ${subpath}}}`])].map(mount => `      - ${mount}\n`).join('')}`
  await using project = new TestProject({ compose: compose() })
  const sh = async (script: string) => (await project.run(['exec', '-T', 'web', 'sh', '-c', script])).stdout
  await project.succeed('up', '-d')
  expect(await sh('ls /share; cat /share/both /all/share/low /sub/x /one')).toBe(
    'both\nlow\nsub\nhigh\nlow\nx\nhigh\n',
  )
  expect(await sh('ls /all/bin | grep -c "^busybox$"')).toBe('1\n')
  for (const path of ['/all/new', '/share/new', '/sub/new', '/one']) {
    expect(await sh(`echo no > ${path} || echo refused`)).toBe('refused\n')
  }
  expect(await sh('grep -c overlay /proc/mounts')).toBe('4\n')
  await project.succeed('restart', '-t', '0')
  expect(await sh('cat /one')).toBe('high\n')

  writeFileSync(join(high, 'share/both'), 'changed\n')
  await served.push('data', [low, high])
  await project.succeed('up', '-d')
  expect(await sh('cat /one')).toBe('high\n')
  await project.succeed('pull')
  expect(await project.succeed('plan')).toContain(`image changed: ${image}`)
  await project.succeed('up', '-d')
  expect(await sh('cat /one /share/both')).toBe('changed\nchanged\n')

  project.write('compose.yaml', compose('share/missing'))
  const failed = await project.run(['up', '-d'])
  expect(failed.stderr).toContain('error[TC3020]')
  expect(failed.stderr).toContain('compose.yaml:12:')
  expect(await sh('cat /one')).toBe('changed\n')
})

/** Changes the record at `path` as if the image had been pulled a day earlier. */
function pullYesterday(path: string): void {
  const { checksum: _checksum, ...record } = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, sealText(JSON.stringify({ ...record, pulledAt: record.pulledAt - 86_400_001 })))
}
