import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { keeperPid } from '../support/find-keeper.ts'
import { resultOf, TestProject } from '../support/test-project.ts'

/** One whose main process clears its death signal and exits only when asked, and one that dies with the keeper. */
const PAIR = `
name: orphans
services:
  tough:
    image: rootfs:/
    command:
      - setpriv
      - --pdeathsig
      - clear
      - sh
      - -c
      - trap "echo bye >> /out/said; exit 0" TERM; touch /out/ready; while :; do sleep 0.05; done
    volumes: ["./out:/out"]
  usual:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
`

/** Brings the project up and kills its keeper. */
async function orphan(project: TestProject): Promise<void> {
  await project.succeed('up', '-d')
  await eventually(async () => expect(existsSync(join(project.folder, 'out/ready'))).toBe(true))
  process.kill(keeperPid(project), 'SIGKILL')
}

async function statusOf(project: TestProject, service: string): Promise<string> {
  const line = await project.succeed('ps', '-a', '--format', 'json', service)
  const { State, ExitCode } = JSON.parse(line)
  return `${State} ${ExitCode}`
}

function pidOf({ state }: TestProject, command: string): number {
  const containers = join(state, 'run/projects/orphans/containers')
  const pids = readdirSync(containers).map(id =>
    Number(readFileSync(join(containers, id, 'pid'), 'latin1').split(' ')[0]),
  )
  const found = pids.find(pid => commandOf(pid).startsWith(`${command}\0`))
  if (found === undefined) throw new Error(`no container runs ${command}`)
  return found
}

function commandOf(pid: number): string {
  return existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/cmdline`, 'latin1') : ''
}

function said({ folder }: TestProject): string {
  const path = join(folder, 'out/said')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function project(): TestProject {
  return new TestProject({ compose: PAIR, files: { 'out/.keep': '' } })
}

test('up right after the keeper was killed stops what survived and starts everything again', async () => {
  await using orphans = project()
  await orphan(orphans)
  const up = await orphans.run(['up', '-d'])
  expect(up.exitCode).toBe(0)
  expect(up.stderr).toContain('orphans-tough-1  Stopped')
  expect(said(orphans)).toBe('bye\n')
  expect(await statusOf(orphans, 'tough')).toBe('running 0')
  expect(await statusOf(orphans, 'usual')).toBe('running 0')
})

test('stop after the keeper was killed sends survivors their stop signal and sees them end', async () => {
  await using orphans = project()
  await orphan(orphans)
  const pid = pidOf(orphans, 'sh')
  expect(await statusOf(orphans, 'tough')).toBe('dead 0')
  await orphans.succeed('stop')
  expect(commandOf(pid)).toBe('')
  expect(said(orphans)).toBe('bye\n')
  expect(await statusOf(orphans, 'tough')).toBe('exited 255')
  expect(await statusOf(orphans, 'usual')).toBe('exited 255')
})

test('stop kills a survivor that does not end within the grace period', async () => {
  await using orphans = new TestProject({
    compose: PAIR.replace('trap "echo bye >> /out/said; exit 0" TERM', 'trap "" TERM'),
    files: { 'out/.keep': '' },
  })
  await orphan(orphans)
  await orphans.succeed('stop', '-t', '1')
  expect(await statusOf(orphans, 'tough')).toBe('exited 137')
})

test('kill after the keeper was killed delivers its signal, and SIGKILL ends', async () => {
  await using orphans = new TestProject({
    compose: PAIR.replace('exit 0" TERM', '" HUP'),
    files: { 'out/.keep': '' },
  })
  await orphan(orphans)
  const pid = pidOf(orphans, 'sh')
  await orphans.succeed('kill', '-s', 'HUP', 'tough')
  await eventually(async () => expect(said(orphans)).toBe('bye\n'))
  await orphans.succeed('kill', 'tough')
  expect(commandOf(pid)).toBe('')
  expect(await statusOf(orphans, 'tough')).toBe('exited 137')
})

test('down ends what is left in the control group of a container whose main process has ended', async () => {
  await using orphans = project()
  await orphan(orphans)
  const stray = spawn('sleep', ['600'])
  joinCgroups(stray, pidOf(orphans, 'sh'))
  process.kill(pidOf(orphans, 'sh'), 'SIGKILL')
  const ended = new Promise(resolve => stray.once('exit', (_, signal) => resolve(signal)))
  await orphans.succeed('down')
  expect(await ended).toBe('SIGKILL')
})

/** Puts `child` into every control group of `pid`. */
function joinCgroups(child: ChildProcess, pid: number): void {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const paths = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n')
  for (const line of paths.filter(one => one.includes('/tcompose/'))) {
    const [, controllers = '', path = ''] = line.split(':')
    const mount = mounts.find(
      one =>
        (controllers === '' ? one.includes(' - cgroup2 ') : / - cgroup /.test(one)) &&
        (controllers === '' || one.endsWith(controllers) || one.includes(`,${controllers}`)),
    )
    writeFileSync(join(mount?.split(' ')[4] ?? '', path, 'cgroup.procs'), String(child.pid))
  }
}

test('stop names a keeper that does not answer, and down ends it with its containers', async () => {
  await using orphans = project()
  await orphans.succeed('up', '-d')
  const pid = keeperPid(orphans)
  process.kill(pid, 'SIGSTOP')
  const stop = await orphans.run(['stop'])
  expect(stop.exitCode).toBe(1)
  expect(stop.stderr).toContain(`process ${pid} does not answer`)
  expect(stop.stderr).toContain(`kill -CONT ${pid}`)
  const down = await orphans.run(['down'])
  expect(down.stderr).toContain(`process ${pid}, did not answer and was killed`)
  expect(down.exitCode).toBe(0)
})

test('a keeper that is resumed can be used again', async () => {
  await using orphans = project()
  await orphans.succeed('up', '-d')
  const pid = keeperPid(orphans)
  process.kill(pid, 'SIGSTOP')
  const exec = await orphans.run(['exec', '-T', 'usual', 'true'])
  expect(exec.stderr).toContain(`process ${pid} does not answer`)
  process.kill(pid, 'SIGCONT')
  await orphans.succeed('exec', '-T', 'usual', 'true')
  await orphans.succeed('stop')
})

test('logs -f and an attached up end with the keeper', async () => {
  await using orphans = project()
  const up = resultOf(orphans.spawn(['up', '--abort-on-container-exit']))
  await eventually(async () => expect(existsSync(join(orphans.folder, 'out/ready'))).toBe(true))
  const logs = resultOf(orphans.spawn(['logs', '-f']))
  await eventually(async () => expect(await statusOf(orphans, 'usual')).toBe('running 0'))
  process.kill(keeperPid(orphans), 'SIGKILL')
  expect((await logs).exitCode).toBe(0)
  expect((await up).exitCode).toBe(1)
  expect(said(orphans)).toBe('bye\n')
})
