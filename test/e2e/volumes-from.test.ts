import { afterAll, beforeAll, expect, test } from 'vitest'
import { sleeper } from '../support/sleeper.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `name: vfrom
services:
${sleeper('data', '    volumes: ["named:/named", "./host:/host:ro", "/anonymous", {type: tmpfs, target: /memory}, {type: volume, target: /labelled, volume: {labels: {a: b}}}]\n')}
${sleeper('user', '    volumes_from: [data]\n    volumes: ["own:/named", "./host:/z:z"]\n')}
${sleeper('reader', '    volumes_from: ["user:ro"]\n')}
volumes: { named: {}, own: {} }
`
const OTHER = `name: vfrom-other
services:
${sleeper('guest', '    volumes_from: ["container:vfrom-data-1:ro"]\n')}
`
const MISSING = OTHER.replace('vfrom-data-1', 'vfrom-none-1').replace('vfrom-other', 'vfrom-missing')

let project: TestProject
beforeAll(async () => {
  project = new TestProject({
    compose: COMPOSE,
    files: { 'host/note': 'of the host\n', 'other.yaml': OTHER, 'missing.yaml': MISSING },
  })
  await project.succeed('up', '-d')
})
afterAll(async () => {
  await project.run(['-f', 'other.yaml', 'down'])
  await project.run(['down', '-v'])
  await project[Symbol.asyncDispose]()
})

function inside(name: string, script: string): Promise<string> {
  return project.succeed('exec', '-T', name, 'sh', '-c', `(${script}) 2>&1 || true`)
}

test('volumes_from shares named and anonymous volumes and bind mounts, but no memory', async () => {
  await inside('data', 'echo shared > /anonymous/a; echo theirs > /named/n')
  expect(await inside('user', 'cat /anonymous/a /host/note')).toBe('shared\nof the host\n')
  expect(await inside('user', 'ls -d /memory')).toContain('No such file')
  await inside('user', 'echo back > /anonymous/b')
  expect(await inside('data', 'cat /anonymous/b')).toBe('back\n')
})

test('a mount of the service itself goes first, and a read-only one stays so', async () => {
  expect(await inside('user', 'ls /named')).toBe('')
  expect(await inside('user', 'touch /host/x')).toContain('Read-only file system')
  expect(await inside('user', 'cat /z/note')).toBe('of the host\n')
})

test('volumes_from with :ro is read-only, over two containers too', async () => {
  expect(await inside('reader', 'cat /anonymous/b /z/note')).toBe('back\nof the host\n')
  expect(await inside('reader', 'touch /anonymous/c')).toContain('Read-only file system')
})

test('volumes_from container: takes those of another project, which keeps its volumes meanwhile', async () => {
  await project.succeed('-f', 'other.yaml', 'up', '-d')
  const seen = () =>
    project.succeed('-f', 'other.yaml', 'exec', '-T', 'guest', 'cat', '/anonymous/a', '/named/n')
  expect(await seen()).toBe('shared\ntheirs\n')
  const plan = await project.run(['-f', 'other.yaml', 'plan', '--detailed-exitcode'])
  expect(plan.exitCode).toBe(0)
  await project.run(['down', '-v'])
  expect(await seen()).toBe('shared\ntheirs\n')
  await project.succeed('-f', 'other.yaml', 'restart')
  expect(await seen()).toBe('shared\ntheirs\n')
  await project.succeed('-f', 'other.yaml', 'down')
  await project.succeed('up', '-d')
})

test('volumes_from is an error before anything is made where there is no such container', async () => {
  const { exitCode, stderr } = await project.run(['-f', 'missing.yaml', 'up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot use the volumes of container "vfrom-none-1" in service "guest"')
  expect(stderr).toContain('missing.yaml:')
  expect(stderr).toContain('Nothing was changed')
})

test('a container whose volumes are of one that is recreated is recreated too', async () => {
  const plan = await project.succeed('plan', '--force-recreate', 'data', 'user')
  expect(plan).toContain('user-1')
  expect((await project.run(['plan', '--detailed-exitcode'])).exitCode).toBe(0)
})
