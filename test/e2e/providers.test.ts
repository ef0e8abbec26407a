import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

const EXAMPLE = resolve(import.meta.dirname, '../../examples/provider')

test('examples/provider gives a service the variables of its provider, and releases what it made', async () => {
  await using project = new TestProject({
    folder: EXAMPLE,
    env: { PATH: `${process.env['PATH']}:${EXAMPLE}` },
  })
  const store = join(project.state, 'store')
  project.environment['STORE_PATH'] = store
  mkdirSync(store, { recursive: true })
  const folder = join(store, 'provider-example-store')
  expect(await project.succeed('plan')).toContain('run provider folder-provider')
  expect(existsSync(folder)).toBe(false)
  await project.succeed('up', '-d')
  const token = readFileSync(join(folder, 'token'), 'utf8')
  expect(await project.succeed('exec', '-T', 'app', 'sh', '-c', 'echo $STORE_TOKEN $SHARED_FOLDER')).toBe(
    `${token} ${folder}\n`,
  )
  const id = await project.succeed('ps', '-q')
  await project.succeed('up', '-d')
  expect(await project.succeed('ps', '-q')).toBe(id)
  expect((await project.succeed('ps', '-a', '--services')).trim()).toBe('app')
  await project.succeed('stop')
  expect(readdirSync(folder)).toContain('stopped')
  await project.succeed('-p', 'provider-example', 'down')
  expect(readdirSync(store)).toEqual([])
})

/** A provider that takes its behaviour from variables, and notes how it is called. */
const CLOUD = `#!/bin/sh
[ "$2" = metadata ] && exit 1
echo "$3 $4" >> "$NOTES"
[ "$3" = up ] && eval "$ON_UP"
[ "$3" = down ] && eval "$ON_DOWN"
exit 0
`
const COMPOSE = `
name: clouds
services:
  app:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    environment: { KEY: mine }
    depends_on: [db]
  db:
    provider: { type: test-cloud }
`

function cloudProject(): TestProject & { notes(): string } {
  const project = new TestProject({ compose: COMPOSE, files: { 'bin/test-cloud': CLOUD, notes: '' } })
  chmodSync(join(project.folder, 'bin/test-cloud'), 0o755)
  project.environment['PATH'] = `${process.env['PATH']}:${join(project.folder, 'bin')}`
  project.environment['NOTES'] = join(project.folder, 'notes')
  return Object.assign(project, { notes: () => readFileSync(join(project.folder, 'notes'), 'utf8') })
}

test('a provider that fails stops up before any container is made, and down has it release all the same', async () => {
  await using project = cloudProject()
  const onUp = `echo '{"type":"error","message":"no quota"}'; exit 1`
  const failed = await project.run(['up', '-d'], { env: { ON_UP: onUp } })
  expect(failed.exitCode).toBe(1)
  expect(failed.stderr).toContain('Cannot start service "db" by provider "test-cloud": no quota')
  expect(failed.stderr).toContain('compose.yaml:11')
  expect((await project.succeed('ps', '-a', '-q')).trim()).toBe('')
  const kept = await project.run(['down'], { env: { ON_DOWN: 'echo busy >&2; exit 3' } })
  expect(kept.exitCode).toBe(1)
  expect(kept.stderr).toContain('it exited with code 3')
  await project.succeed('down')
  expect(project.notes()).toBe('up db\ndown db\ndown db\n')
  await project.succeed('down')
  expect(project.notes()).toBe('up db\ndown db\ndown db\n')
})

test('other variables of a provider recreate what depends on it, and one that replaces a variable is a warning', async () => {
  await using project = cloudProject()
  const saying = (value: string) => ({
    env: { ON_UP: `echo '{"type":"rawsetenv","message":"KEY=${value}"}'` },
  })
  const first = await project.run(['up', '-d'], saying('one'))
  expect(first.stderr).toContain('provider "db" overrides environment variable "KEY" in service "app"')
  const id = await project.succeed('ps', '-q')
  expect(await project.succeed('exec', '-T', 'app', 'sh', '-c', 'echo $KEY')).toBe('one\n')
  await project.run(['up', '-d'], saying('one'))
  expect(await project.succeed('ps', '-q')).toBe(id)
  await project.run(['up', '-d'], saying('two'))
  expect(await project.succeed('exec', '-T', 'app', 'sh', '-c', 'echo $KEY')).toBe('two\n')
})

test('a program that is missing is an error that says where it was looked for, and nothing is left', async () => {
  await using project = cloudProject()
  project.environment['PATH'] = process.env['PATH']
  const { exitCode, stderr } = await project.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('there is no such program')
  expect(stderr).toContain('/usr/lib/docker/cli-plugins/docker-test-cloud')
  expect(await project.succeed('ls', '-a', '-q')).toBe('')
})

test.for(['SIGINT', 'SIGKILL'] as const)(
  '%s of up while a provider works leaves what down releases',
  async signal => {
    await using project = cloudProject()
    const child = project.spawn(['up', '-d'], { ON_UP: 'sleep 2; exit 1' })
    const ended = once(child, 'exit')
    await eventually(async () => expect(project.notes()).toBe('up db\n'))
    child.kill(signal)
    await ended
    await project.succeed('down')
    expect(project.notes()).toBe('up db\ndown db\n')
  },
)

test('what a provider sets replaces variables of containers, and nothing in the text of the file', async () => {
  await using project = cloudProject()
  project.write('app.env', 'DB_PORT=1\nDB_ADDRESS=$DB_URL/x\n')
  const own = '{ DB_URL: "${DB_URL}", COPY: "<${DB_URL}>" }'
  project.write('compose.yaml', COMPOSE.replace('{ KEY: mine }', `${own}\n    env_file: app.env`))
  const lines = ['{"type":"setenv","message":"URL=u"}', '{"type":"setenv","message":"PORT=2"}']
  const { exitCode, stderr } = await project.run(['up', '-d'], {
    env: { ON_UP: lines.map(line => `echo '${line}'`).join('; ') },
  })
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('DB_URL')])
  const script = 'echo "$DB_URL $DB_PORT $COPY $DB_ADDRESS"'
  expect(await project.succeed('exec', '-T', 'app', 'sh', '-c', script)).toBe('u 2 <> /x\n')
})
