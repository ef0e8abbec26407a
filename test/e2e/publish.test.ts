import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeGitRepository } from '../support/git-repository.ts'
import { serveBusybox } from '../support/registry/serve-busybox.ts'
import { serveRepository } from '../support/serve-repository.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

interface Manifest {
  readonly layers?: readonly { readonly annotations: Readonly<Record<string, string>> }[]
  readonly manifests?: readonly object[]
  readonly subject?: { readonly digest: string }
}

test('publish pushes a project that another machine runs from its name alone', async ({ skip }) => {
  await using served = await serveBusybox()
  if (served.kind === 'missing') return skip(served.reason)
  const { host } = served
  const target = `${host}/team/Shop:1`.toLowerCase()
  await using project = new TestProject({
    compose: `services:
  web:
    extends: { file: base/web.yaml, service: base }
    env_file: web.env
    command: [sh, -c, 'echo "$$FLAVOR \${GREETING:-hello}"; exec sleep 1000']
`,
    files: {
      'compose.override.yaml': 'services: { web: { labels: { over: "yes" } } }\n',
      'base/web.yaml': `services: { base: { image: "${host}/t/bb:1", init: true, env_file: base.env } }\n`,
      'base/base.env': 'BASE=1\n',
      'web.env': 'FLAVOR=vanilla\n',
    },
  })
  const refused = await project.run(['publish', target], { input: 'n\n' })
  expect(refused.exitCode).toBe(130)
  expect(refused.stderr).toContain('service "web": env_file declared\n')
  expect(refused.stderr).toContain('Are you ok to publish these env declarations? [y/N]: ')
  const rehearsed = await project.run(['publish', '--with-env', '--dry-run', target])
  expect(rehearsed).toMatchObject({ exitCode: 0, stdout: '' })
  expect(rehearsed.stderr).toContain(`DRY-RUN MODE -  ${target} published\n`)
  expect((await fetch(`http://${host}/v2/team/shop/manifests/1`)).status).toBe(404)
  const published = await project.run(['publish', '--with-env', target])
  expect(published.exitCode).toBe(0)
  expect(published.stderr).toMatch(new RegExp(` ${target} published  sha256:[0-9a-f]{64}\n`))

  await using other = new TestProject({
    // For its end: the project is taken down by its name.
    compose: 'name: shop\nservices: {}\n',
    files: { '.env': 'GREETING=bonjour\n' },
  })
  const remote = ['-f', `oci://${target}`]
  const config = await other.succeed(...remote, 'config')
  expect(config).toContain('name: shop\n')
  expect(config).toContain('      BASE: "1"\n      FLAVOR: vanilla\n')
  expect(config).toContain('      over: "yes"\n')
  const declined = await other.run([...remote, 'up', '-d'], { input: 'n\n' })
  expect(declined.exitCode).toBe(1)
  expect(declined.stderr).toMatch(/^GREETING +bonjour +environment +no +hello$/m)
  expect(declined.stderr).toContain('operation cancelled by user')
  const up = await other.run([...remote, 'up', '-d', '--yes'])
  expect(up).toMatchObject({ exitCode: 0 })
  expect(up.stderr).toContain(
    `Your compose stack "oci://${target}" is stored in "${other.state}/data/remotes/oci/`,
  )
  await expect.poll(() => other.succeed('-p', 'shop', 'logs', '--no-log-prefix')).toBe('vanilla bonjour\n')
  expect(await other.succeed(...remote, 'plan')).toContain('Nothing to do')
  expect(await other.succeed(...remote, 'ps', '--services')).toBe('web\n')

  await served.stop()
  const unreachable = await other.run([...remote, 'plan'])
  expect(unreachable.exitCode).toBe(2)
  expect(unreachable.stderr).toContain(`Cannot read "oci://${target}": `)
})

test('an artifact is included by its digest, and what is wrong in it is shown with its name', async ({
  skip,
}) => {
  await using served = await serveBusybox()
  if (served.kind === 'missing') return skip(served.reason)
  const { host } = served
  await using project = new TestProject({
    compose: `services:\n  db:\n    image: ${host}/t/bb:1\n    scale: \${COUNT:-1}\n`,
  })
  const published = await project.run(['publish', '--oci-version', '1.0', `${host}/db`])
  expect(published).toMatchObject({ exitCode: 0 })
  const [digest = ''] = /sha256:[0-9a-f]{64}/.exec(published.stderr) ?? []
  const manifest = await fetch(`http://${host}/v2/db/manifests/latest`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  })
  expect(await manifest.json()).toMatchObject({
    config: { mediaType: 'application/vnd.docker.compose.config.empty.v1+json' },
    layers: [{ mediaType: 'application/vnd.docker.compose.file+yaml' }],
  })
  project.write(
    'compose.yaml',
    `include: ["oci://${host}/db@${digest}"]\nservices: { web: { image: x, depends_on: [db] } }\n`,
  )
  expect(await project.succeed('config', '--services')).toBe('db\nweb\n')
  const wrong = await project.run(['config'], { env: { COUNT: 'many' } })
  expect(wrong.exitCode).toBe(2)
  expect(wrong.stderr).toContain(`oci://${host}/db@${digest}/compose.yaml:4:12`)
  expect(wrong.stderr).toContain('scale: ${COUNT:-1}')

  const image = await project.run(['-f', `oci://${host}/t/bb:1`, 'config'])
  expect(image.exitCode).toBe(2)
  expect(image.stderr).toContain('expected a project that `publish` has pushed')
  const missing = await project.run(['-f', `oci://${host}/t/bb:2`, 'config'])
  expect(missing.stderr).toContain(`Cannot read "oci://${host}/t/bb:2": `)
})

test('publish --app copies the images beside the files, pinned', async ({ skip }) => {
  await using served = await serveBusybox()
  if (served.kind === 'missing') return skip(served.reason)
  const { host, digest } = served
  await using project = new TestProject({
    compose: `services: { web: { image: "${host}/t/bb:1", command: [sleep, "1000"] } }\n`,
  })
  const published = await project.run(['publish', '--app', '-y', `${host}/app:1`])
  expect(published).toMatchObject({ exitCode: 0 })
  const [, index = ''] = /images published {2}(sha256:[0-9a-f]{64})/.exec(published.stderr) ?? []
  const get = async (name: string, type: string): Promise<Manifest> => {
    const accept = `application/vnd.oci.image.${type}.v1+json`
    const reply = await fetch(`http://${host}/v2/app/manifests/${name}`, { headers: { accept } })
    return Object.assign({}, await reply.json())
  }
  const artifact = await get('1', 'manifest')
  const named = artifact.layers?.map(({ annotations }) => annotations['com.docker.compose.file'])
  expect(named).toEqual(['compose.yaml', 'image-digests.yaml'])
  const images = await get(index, 'index')
  expect(images.manifests).toMatchObject([{ digest }])
  expect(published.stderr).toContain(`published  ${images.subject?.digest}`)
  expect((await get(digest, 'manifest')).layers?.length).toBeGreaterThan(0)
  expect(await project.succeed('-f', `oci://${host}/app:1`, 'config')).toContain(
    `image: ${host}/t/bb:1@${digest}`,
  )
})

test('a Compose file comes from a Git repository, with what lies beside it', async () => {
  using root = temporaryFolder()
  const repository = makeGitRepository(root.path)
  repository.commit({ 'compose.yaml': 'services: { decoy: { image: x } }\n' })
  repository.git('checkout', '-q', '-b', 'feature')
  const commit = repository.commit({
    'apps/web/compose.yaml': 'services: { web: { image: x, env_file: web.env, build: . } }\n',
    'apps/web/web.env': 'FLAVOR=feature\n',
    'apps/web/broken.yaml': 'services:\n  web:\n    imag: x\n',
  })
  repository.git('checkout', '-q', 'main')
  await using served = await serveRepository(repository, root.path)
  await using project = new TestProject({
    compose: `include: ["${served.url}#feature:apps/web"]\nservices: { db: { image: x } }\n`,
  })
  expect(await project.succeed('-f', served.url, 'config', '--services')).toBe('decoy\n')
  const config = await project.succeed('-f', `${served.url}#feature:apps/web`, 'config')
  expect(config).toContain('name: web\n')
  expect(config).toContain('FLAVOR: feature\n')
  expect(config).toMatch(/context: .*\/data\/remotes\/git\/[0-9a-f]{64}\/apps\/web\n/)
  expect(await project.succeed('config', '--services')).toBe('db\nweb\n')

  const asked = served.requests.length
  await project.succeed('-f', `${served.url}#${commit}:apps/web/compose.yaml`, 'config', '-q')
  expect(served.requests.length).toBe(asked)

  const broken = await project.run(['-f', `${served.url}#feature:apps/web/broken.yaml`, 'config'])
  expect(broken.exitCode).toBe(2)
  expect(broken.stderr).toContain(`${served.url}#feature:apps/web/broken.yaml:3:5`)
  expect(broken.stderr).toContain('imag: x')
  const missing = await project.run(['-f', `${served.url}#nowhere`, 'config'])
  expect(missing.exitCode).toBe(2)
  expect(missing.stderr).toContain('it has no branch or tag "nowhere"')
  const empty = await project.run(['-f', `${served.url}#feature:apps`, 'config'])
  expect(empty.stderr).toContain('"apps" has no compose.yaml')
  expect(existsSync(join(project.state, 'data/remotes/git'))).toBe(true)
  expect(readdirSync(join(project.state, 'data/remotes/git'))).toHaveLength(2)
})
