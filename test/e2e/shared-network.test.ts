import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

const node = (name: string) => `  ${name}:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    networks: [proxy]
`
const OWNER = `name: owner\nservices:\n${node('a')}networks: { proxy: { name: tc-proxy } }\n`
const LINKED = `    external_links: ["owner-a-1:primary", "gone-1:absent"]\n`
const USER = `name: user\nservices:\n${node('b')}    hostname: user-b.test\n${LINKED}${node('other')}networks: { proxy: { name: tc-proxy, external: true } }\n`
const JOINER = `name: joiner\nservices:\n${node('c')}networks: { proxy: { name: tc-proxy } }\n`
const CLASH = `name: clash\nservices:\n${node('c').replace('proxy', 'other')}networks: { other: { name: tc-proxy } }\n`

let project: TestProject
beforeAll(async () => {
  const files = { 'user.yaml': USER, 'joiner.yaml': JOINER, 'clash.yaml': CLASH }
  project = new TestProject({ compose: OWNER, files })
  await project.succeed('up', '-d')
  await project.succeed('-f', 'user.yaml', 'up', '-d')
})
afterAll(async () => {
  for (const file of ['user', 'joiner']) await project.run(['-f', `${file}.yaml`, 'down'])
  await project[Symbol.asyncDispose]()
})

const inUser = ['-f', 'user.yaml', 'exec', '-T', 'b']

test('containers of two projects on one network have addresses of their own and resolve each other', async () => {
  const a = (await project.succeed('exec', '-T', 'a', 'hostname', '-i')).trim()
  const b = (await project.succeed(...inUser, 'hostname', '-i')).trim()
  expect(a).not.toBe(b)
  for (const name of ['a', 'owner-a-1', 'owner-a-1.tc-proxy'])
    expect(await project.succeed(...inUser, 'getent', 'hosts', name)).toContain(a)
  for (const name of ['b', 'user-b.test'])
    expect(await project.succeed('exec', '-T', 'a', 'getent', 'hosts', name)).toContain(b)
})

test('an external link is a name for a container of another project that its own service alone has', async () => {
  const a = (await project.succeed('exec', '-T', 'a', 'hostname', '-i')).trim()
  for (const name of ['primary', 'PRIMARY', 'primary.tc-proxy'])
    expect(await project.succeed(...inUser, 'getent', 'hosts', name)).toContain(a)
  const others = ['-f', 'user.yaml', 'exec', '-T', 'other', 'getent', 'hosts']
  expect((await project.run([...others, 'primary'])).exitCode).not.toBe(0)
  expect((await project.run([...inUser, 'getent', 'hosts', 'absent'])).exitCode).not.toBe(0)
})

test('a network of the same name is joined with a warning, and another key for it is refused', async () => {
  const joined = await project.run(['-f', 'joiner.yaml', 'up', '-d'])
  expect(joined.exitCode).toBe(0)
  expect(joined.stderr).toContain('was not created for project "joiner"')
  await project.succeed('-f', 'joiner.yaml', 'exec', '-T', 'c', 'getent', 'hosts', 'a')
  expect((await project.run(['-f', 'joiner.yaml', 'plan', '--detailed-exitcode'])).exitCode).toBe(0)
  const down = await project.run(['-f', 'joiner.yaml', 'down'])
  expect(down.stderr).not.toContain('Network')
  const clash = await project.run(['-f', 'clash.yaml', 'up', '-d'])
  expect(clash.exitCode).toBe(1)
  expect(clash.stderr).toContain('Cannot create network "tc-proxy": project "owner" has it as "proxy"')
  expect(clash.stderr).toContain('Nothing was changed')
})

test('a missing bridge, as after a reboot, is an error that names the project that recreates it', async () => {
  await project.succeed('-f', 'user.yaml', 'stop')
  const record = readFileSync(join(project.state, 'data/projects/owner/project.json'), 'utf8')
  execFileSync('ip', ['link', 'delete', /"bridge": ?"([^"]+)"/.exec(record)?.[1] ?? ''])
  const { exitCode, stderr } = await project.run(['-f', 'user.yaml', 'up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot use network "tc-proxy" of project "owner": its bridge does not exist')
  expect(stderr).toContain('Run `tcompose up` for project "owner" first')
  await project.succeed('up', '-d')
  await project.succeed('-f', 'user.yaml', 'up', '-d')
  await project.succeed(...inUser, 'getent', 'hosts', 'a')
})

test('the owner keeps a network that others use, and the last of them removes it', async () => {
  const down = await project.run(['down'])
  expect(down.exitCode).toBe(0)
  expect(down.stderr).toContain('Network tc-proxy  Resource is still in use')
  expect(down.stderr).not.toContain('Network tc-proxy  Removed')
  expect(await project.succeed(...inUser, 'ls', '/sys/class/net')).toContain('eth0')
  expect(await project.succeed('doctor')).toContain('the rules of every project are in place')
  await project.succeed('up', '-d')
  await eventually(() => project.succeed(...inUser, 'getent', 'hosts', 'a'))
  await project.succeed('down')
  await project.succeed('-f', 'user.yaml', 'down')
  // Its disposal compares the host with its earlier state.
  expect(await project.succeed('ls', '-a', '--quiet')).not.toContain('owner')
})
