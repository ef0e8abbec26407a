import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readLiveRecord } from '../../src/engine/local/state/live-files.ts'
import type { LiveRecord } from '../../src/engine/local/state/live-record.ts'
import { eventually } from '../support/eventually.ts'
import { findProgram, MAY_DOWNLOAD, type RuntimeName } from '../support/parts/find-program.ts'
import { imageRootfs } from '../support/parts/image-rootfs.ts'
import { TestProject } from '../support/test-project.ts'

const WAIT = 'while :; do sleep 0.05; done'

/** A project whose services a runtime runs, which its settings name `own`. */
async function projectOf(
  name: RuntimeName,
  services: string,
): Promise<TestProject | { readonly reason: string }> {
  const found = await findProgram(name)
  if (found.kind === 'missing') return found
  const image = await imageRootfs('busybox')
  if (image.kind === 'missing') return image
  const project = new TestProject({
    compose: services
      .replaceAll('PLAIN', `image: "rootfs:${image.dir}"`)
      .replaceAll('IMAGE', `image: "rootfs:${image.dir}", runtime: own`),
  })
  const program = join(project.folder, 'program')
  writeFileSync(program, `#!/bin/sh\nexec ${found.command.join(' ')} "$@"\n`)
  chmodSync(program, 0o755)
  project.write('config.json', JSON.stringify({ runtimes: { own: { path: './program' } } }))
  project.environment['TCOMPOSE_CONFIG'] = join(project.folder, 'config.json')
  return project
}

/** Returns the memory limit that the kernel has for the container of a service. */
function memoryLimit(project: TestProject, service: string): string {
  const { cgroups } = liveRecords(project).find(record => record.service === service) ?? { cgroups: [] }
  const folder = cgroups.find(path => path.includes('/memory/')) ?? cgroups[0]
  const file = cgroups.length === 1 ? 'memory.max' : 'memory.limit_in_bytes'
  return readFileSync(`${folder}/${file}`, 'utf8').trim()
}

function liveRecords(project: TestProject): readonly LiveRecord[] {
  const projects = join(project.state, 'run', 'projects')
  return readdirSync(projects, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('/live.json'))
    .flatMap(path => readLiveRecord(join(projects, path)) ?? [])
}

describe.each<RuntimeName>(['runc', 'crun', 'runsc'])('%s', name => {
  test(
    'runs a service, with its network, volumes, limits, checks, execs and end',
    MAY_DOWNLOAD,
    async context => {
      const made = await projectOf(
        name,
        `
name: oci
services:
  web:
    {IMAGE, hostname: named, mem_limit: 256m, stop_grace_period: 20s,
     volumes: ["data:/data"],
     healthcheck: {test: [CMD, test, -f, /data/index.html], interval: 1s, start_interval: 100ms, start_period: 20s},
     command: [sh, -c, "trap 'echo ending; exit 7' TERM; hostname; echo page > /data/index.html; httpd -p 80 -h /data; ${WAIT}"]}
  probed: {IMAGE, x-healthcheck: {tcp: 80}, stop_signal: SIGKILL, command: [httpd, -f, -p, "80"]}
  once: {IMAGE, user: "33:34", command: [sh, -c, "id; echo oops >&2; exit 5"]}
  client: {PLAIN, depends_on: {web: {condition: service_healthy}}, command: [wget, -qO-, "http://web"]}
volumes: {data: {}}
`,
      )
      if (!(made instanceof TestProject)) return context.skip(made.reason)
      await using project = made
      await project.succeed('up', '-d')
      const logOf = (service: string) => project.succeed('logs', '--no-log-prefix', service)
      await eventually(async () => expect(await logOf('client')).toBe('page\n'))
      await eventually(async () => expect(await project.succeed('ps', '-a', 'once')).toContain('Exited (5)'))
      expect(await project.run(['logs', '--no-log-prefix', 'once'])).toMatchObject({
        stdout: 'uid=33 gid=34 groups=34\n',
        stderr: 'oops\n',
      })
      expect(await project.succeed('ps', 'web')).toContain('(healthy)')
      await eventually(async () => expect(await project.succeed('ps', 'probed')).toContain('(healthy)'))
      const copy = await project.run(['cp', 'web:/data/index.html', './copied'])
      if (name === 'runsc') expect(copy.stderr).toContain('gVisor keeps them to itself while it runs')
      else expect(readFileSync(join(project.folder, 'copied'), 'utf8')).toBe('page\n')
      expect(memoryLimit(project, 'web')).toBe(String(256 * 2 ** 20))
      const exec = await project.run(
        ['exec', '-T', '-u', '12:13', '-e', 'A=b', 'web', 'sh', '-c', 'cat; id -u; echo $A; exit 4'],
        {
          input: 'typed\n',
        },
      )
      expect(exec).toMatchObject({ exitCode: 4, stdout: 'typed\n12\nb\n' })
      expect((await project.succeed('top', 'web')).split('\n').length).toBeGreaterThan(2)
      await project.succeed('stop', 'web')
      expect(await project.succeed('ps', '-a', 'web')).toContain('Exited (7)')
      expect(await project.succeed('logs', '--no-log-prefix', 'web')).toBe('named\nending\n')
    },
  )

  test(
    'is started again by the policy of its service when its process is killed',
    MAY_DOWNLOAD,
    async context => {
      const made = await projectOf(
        name,
        `
name: oci
services:
  again: {IMAGE, restart: always, stop_signal: SIGKILL, command: [sh, -c, "echo run; ${WAIT}"]}
`,
      )
      if (!(made instanceof TestProject)) return context.skip(made.reason)
      await using project = made
      await project.succeed('up', '-d')
      const log = () => project.succeed('logs', '--no-log-prefix')
      await eventually(async () => expect(await log()).toBe('run\n'))
      await project.killMain('again')
      await eventually(async () => expect(await log()).toBe('run\nrun\n'))
      expect(await project.succeed('exec', '-T', 'again', 'echo', 'inside')).toBe('inside\n')
      await project.succeed('kill', '-s', 'KILL')
      await eventually(async () => expect(await project.succeed('ps', '-a')).toContain('Exited (137)'))
    },
  )

  test('gives a service a terminal, in its log and for an exec', MAY_DOWNLOAD, async context => {
    const made = await projectOf(
      name,
      `
name: oci
services:
  shown: {IMAGE, tty: true, stop_signal: SIGKILL, command: [sh, -c, "test -t 1 && stty size; ${WAIT}"]}
`,
    )
    if (!(made instanceof TestProject)) return context.skip(made.reason)
    await using project = made
    await project.succeed('up', '-d')
    await eventually(async () => expect(await project.succeed('logs', '--no-log-prefix')).toContain('24 80'))
  })

  test(
    'shows what its runtime says of a program that the image does not have',
    MAY_DOWNLOAD,
    async context => {
      const made = await projectOf(name, 'services: {web: {IMAGE, command: [missing]}}')
      if (!(made instanceof TestProject)) return context.skip(made.reason)
      await using project = made
      const { exitCode, stderr } = await project.run(['up', '-d'])
      if (name === 'runsc') {
        // It looks for the program once it has said that the container is there.
        await eventually(async () => expect(await project.succeed('ps', '-a')).toContain('Exited (128)'))
        expect((await project.run(['logs'])).stderr).toContain('"missing"')
        return
      }
      expect(exitCode).not.toBe(0)
      expect(stderr).toContain('Cannot start service "web": its OCI runtime failed')
      expect(stderr).toContain('missing')
    },
  )
})

const SERVICE = 'image: "rootfs:/", command: [echo, ran]'

test.each([
  ['runtime: crum', 'Cannot use runtime "crum" of service "web": no runtime has this name'],
  ['runtime: gone', 'Cannot use runtime "gone" of service "web": /nonexistent does not exist'],
  ['runtime: plain', 'config.json may not be executed'],
  ['runtime: echo', 'does not say which runtime it is'],
  ['runtime: kata', 'Kata Containers have no command line for single containers'],
  ['x-isolation: vm', 'Cannot use isolation "vm" of service "web"'],
])('plan refuses %s before anything is made', async (wish, message) => {
  await using project = new TestProject({ compose: `services: {web: {${SERVICE}, ${wish}}}` })
  const settings = join(project.folder, 'config.json')
  const runtimes = { gone: { path: '/nonexistent' }, plain: { path: settings }, echo: { path: '/bin/echo' } }
  writeFileSync(settings, JSON.stringify({ runtimes }))
  project.environment['TCOMPOSE_CONFIG'] = settings
  for (const command of [['plan'], ['up', '-d']]) {
    const { exitCode, stderr, stdout } = await project.run(command)
    expect(exitCode).not.toBe(0)
    expect(stdout + stderr).toContain(message)
  }
  expect(await project.succeed('ps', '-aq')).toBe('')
})
