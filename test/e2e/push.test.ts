import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { imageLayout } from '../support/parts/image-layout.ts'
import { pushLayout } from '../support/registry/push-layout.ts'
import { startRegistry } from '../support/registry/registry-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

/** bcrypt of "pass:word". */
const HTPASSWD = 'user:$2y$05$abcdefghijklmnopqrstuuDIEddBSuRWBBEY6g5zv60IAP5bSSfki\n'

test('login lets push upload images to a registry, another machine runs them from there, and logout ends that', async ({
  skip,
}) => {
  const layout = await imageLayout('busybox')
  if (layout.kind === 'missing') return skip(layout.reason)
  using root = temporaryFolder()
  const at = (name: string) => join(root.path, name)
  const storage = at('storage')
  await using open = await startRegistry({ storage, config: at('open.json') })
  if (open.kind === 'missing') return skip(open.reason)
  const digest = await pushLayout({ layout: layout.dir, host: open.host, repository: 't/bb', tag: '1' })
  writeFileSync(at('htpasswd'), HTPASSWD)
  await using guarded = await startRegistry({
    storage,
    config: at('guarded.json'),
    auth: { htpasswd: { realm: 'tests', path: at('htpasswd') } },
  })
  if (guarded.kind === 'missing') return skip(guarded.reason)
  const { host } = guarded
  const compose = `name: pushed
services:
  web: { image: "${host}/t/bb:1", command: [sleep, "1000"], init: true, depends_on: [db] }
  db: { image: "${host}/t/bb:2", command: [sleep, "1000"], init: true }
`
  await using project = new TestProject({ compose, env: { DOCKER_CONFIG: at('docker') } })
  const refused = await project.run(['pull', 'web'])
  expect(refused.stderr).toContain(`log in with \`tcompose login ${host}\``)

  const wrong = await project.run(['login', '-u', 'user', '--password-stdin', host], { input: 'wrong' })
  expect(wrong.exitCode).toBe(1)
  expect(wrong.stderr).toContain('error[TC3011]')
  expect(existsSync(at('docker'))).toBe(false)
  const right = await project.run(['login', '-u', 'user', '--password-stdin', host], { input: 'pass:word\n' })
  expect(right).toMatchObject({ exitCode: 0, stdout: 'Login Succeeded\n' })
  expect(right.stderr).toContain(`stored unencrypted in ${at('docker/config.json')}`)
  await project.succeed('pull', 'web')

  rmSync(storage, { recursive: true })
  expect((await project.run(['push'])).stderr).toContain('No images to push')
  const pushed = await project.run(['push', 'web'])
  expect(pushed).toMatchObject({ exitCode: 0 })
  expect(pushed.stderr).toMatch(new RegExp(`Image ${host}/t/bb:1 +Pushed`))
  const lacking = await project.run(['push', '--include-deps', 'web'])
  expect(lacking.exitCode).toBe(1)
  expect(lacking.stderr).toContain(`Cannot push image "${host}/t/bb:2": the store has no image of this name`)
  expect(lacking.stderr).toContain('compose.yaml:4:')
  const tolerated = await project.run(['push', '--include-deps', '--ignore-push-failures', '-q', 'web'])
  expect(tolerated.exitCode).toBe(0)
  expect(tolerated.stderr).toMatch(/^warning: Cannot push image /)

  await using other = new TestProject({
    compose: `name: other\nservices:\n  web: { image: "${host}/t/bb@${digest}", command: [sleep, "1000"], init: true }\n`,
    env: { DOCKER_CONFIG: at('docker') },
  })
  await other.succeed('up', '-d')
  expect(await other.succeed('exec', '-T', 'web', 'echo', 'ran')).toBe('ran\n')

  expect(await project.succeed('logout', host)).toBe(`Removing login credentials for ${host}\n`)
  expect(JSON.parse(readFileSync(at('docker/config.json'), 'utf8'))).toEqual({ auths: {} })
  expect((await project.run(['push', 'web'])).stderr).toContain('error[TC3005]')
})

test('login asks on a terminal and shows nothing of the password', async ({ skip }) => {
  if (!existsSync('/usr/bin/script')) return skip('no /usr/bin/script')
  using root = temporaryFolder()
  const path = join(root.path, 'htpasswd')
  writeFileSync(path, HTPASSWD)
  await using registry = await startRegistry({
    storage: join(root.path, 'storage'),
    config: join(root.path, 'registry.json'),
    auth: { htpasswd: { realm: 'tests', path } },
  })
  if (registry.kind === 'missing') return skip(registry.reason)
  await using project = new TestProject({ env: { DOCKER_CONFIG: root.path } })
  const tcompose = join(import.meta.dirname, '../../bin/tcompose')
  const child = spawn('script', ['-qefc', `${tcompose} login ${registry.host}`, '/dev/null'], {
    cwd: project.folder,
    env: project.environment,
  })
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    if (!shown.includes('Username: ') && (shown + more).includes('Username: ')) child.stdin.write('user\r')
    if (!shown.includes('Password: ') && (shown + more).includes('Password: '))
      child.stdin.write('pass:word\r')
    shown += more
  })
  const [code] = await Promise.all([new Promise(resolve => child.once('close', resolve)), text(child.stderr)])
  expect(shown).toContain('Login Succeeded')
  expect(shown).not.toContain('pass:word')
  expect(code).toBe(0)
})
