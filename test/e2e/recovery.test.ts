import { existsSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { keeperPid } from '../support/find-keeper.ts'
import { playReboot } from '../support/play-reboot.ts'
import { TestProject } from '../support/test-project.ts'

const PAIR = `
name: phoenix
services:
  web:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    ports: ["127.0.0.1::80"]
  db:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    volumes: ["data:/srv/data"]
volumes: { data: {} }
`

async function statesOf(project: TestProject): Promise<string[]> {
  const lines = (await project.succeed('ps', '-a', '--format', 'json')).trim().split('\n')
  return lines.filter(line => line !== '').map(line => JSON.parse(line).State)
}

test('up after the keeper was killed starts everything again, and down leaves nothing', async () => {
  await using project = new TestProject({ compose: PAIR })
  await project.succeed('up', '-d')
  process.kill(keeperPid(project), 'SIGKILL')
  await eventually(async () => expect(await statesOf(project)).toEqual(['exited', 'exited']))
  await project.succeed('up', '-d')
  expect(await statesOf(project)).toEqual(['running', 'running'])
})

test('down after the keeper was killed leaves nothing', async () => {
  await using project = new TestProject({ compose: PAIR })
  await project.succeed('up', '-d')
  process.kill(keeperPid(project), 'SIGKILL')
  await project.succeed('down', '-v')
})

test('up after a reboot recreates the network and keeps containers and data', async () => {
  await using project = new TestProject({ compose: PAIR })
  await project.succeed('up', '-d')
  await project.succeed(
    'exec',
    '-T',
    'db',
    'sh',
    '-c',
    'echo kept > /srv/data/file; echo mine > /in-the-layer',
  )
  const ids = await project.succeed('ps', '-q')
  loseRunFolder(project)
  await project.succeed('up', '-d')
  expect(await project.succeed('ps', '-q')).toBe(ids)
  expect(await project.succeed('exec', '-T', 'db', 'cat', '/srv/data/file', '/in-the-layer')).toBe(
    'kept\nmine\n',
  )
})

test('resume after a reboot starts what ran and has a restart policy, in the order of dependencies', async () => {
  const compose = `
name: phoenix
services:
  web: { image: "rootfs:/", command: [sleep, "600"], stop_signal: SIGKILL, restart: unless-stopped, depends_on: [db] }
  db: { image: "rootfs:/", command: [sleep, "600"], stop_signal: SIGKILL, restart: always }
  halted: { image: "rootfs:/", command: [sleep, "600"], stop_signal: SIGKILL, restart: unless-stopped }
  done: { image: "rootfs:/", command: ["true"], restart: on-failure }
  plain: { image: "rootfs:/", command: [sleep, "600"], stop_signal: SIGKILL }
`
  await using project = new TestProject({ compose, isWarm: false })
  await project.succeed('up', '-d')
  await project.succeed('stop', 'halted')
  await eventually(async () =>
    expect(await project.succeed('ps', '-a', '--format', '{{.State}}', 'done')).toBe('exited\n'),
  )
  loseRunFolder(project)
  rmSync(join(project.folder, 'compose.yaml'))
  const planned = await project.run(['resume', '--dry-run'])
  expect(planned.stdout).toMatch(/create network.*db-1 +start container +\(resume\).*web-1 +start container/s)
  await project.succeed('resume')
  const states = await project.succeed('-p', 'phoenix', 'ps', '-a', '--format', '{{.Service}} {{.State}}')
  expect(states.split('\n').filter(Boolean)).toEqual([
    ...['db running', 'done created', 'halted created', 'plain created', 'web running'],
  ])
  expect((await project.run(['resume'])).stderr).toBe('Nothing to resume\n')
  expect((await project.run(['resume', 'nowhere'])).stderr).toContain('Projects: phoenix')
  await project.succeed('-p', 'phoenix', 'start')
  expect(await project.succeed('-p', 'phoenix', 'ps', '--services')).toBe('db\nhalted\nplain\nweb\n')
})

function loseRunFolder(project: TestProject): void {
  playReboot({ runRoot: join(project.state, 'run'), project: 'phoenix', keeper: keeperPid(project) })
}

test('doctor names what no record mentions, and --fix removes it', async () => {
  await using project = new TestProject({ compose: PAIR })
  await project.succeed('up', '-d')
  process.kill(keeperPid(project), 'SIGKILL')
  rmSync(join(project.state, 'data', 'projects'), { recursive: true })
  const found = await project.run(['doctor'])
  expect(found.stdout).toMatch(/interface\s+tcb/)
  expect(found.stdout).toContain('phoenix')
  await project.run(['doctor', '--fix'])
  expect((await project.run(['doctor'])).stdout).toContain('No orphans')
  expect(existsSync(join(project.state, 'run/projects/phoenix/containers'))).toBe(true)
})

const RESTARTED = PAIR.replaceAll('stop_signal', 'restart: always\n    stop_signal')
const OTHER = PAIR.replace('name: phoenix', 'name: other')

/** Truncates the record of a project in the middle. */
function cutRecord({ state }: TestProject): string {
  const path = join(state, 'data/projects/phoenix/project.json')
  truncateSync(path, Math.floor(statSync(path).size / 2))
  return path
}

test('down of a running project with a truncated record removes it by name, and others are not affected', async () => {
  await using project = new TestProject({ compose: RESTARTED, files: { 'other.yaml': OTHER } })
  await project.succeed('up', '-d')
  await project.succeed('-f', 'other.yaml', 'up', '-d')
  const path = cutRecord(project)
  expect(await project.succeed('ls')).toMatch(/other +running\(2\).*\nphoenix +damaged/)
  for (const args of [['ps'], ['up', '-d'], ['stop'], ['logs'], ['plan']]) {
    const { exitCode, stderr } = await project.run(args)
    expect([args[0], exitCode]).toEqual([args[0], 1])
    expect(stderr).toContain('error[TC7001]: Cannot read "')
    expect(stderr).toContain('doctor --fix')
  }
  const { exitCode, stderr } = await project.run(['down', '-v'])
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`moved to "${path}.damaged"`)])
  expect(stderr).toContain('Removed by project name')
  expect((await project.run(['doctor'])).stdout).toContain('No orphans')
  await project.succeed('-f', 'other.yaml', 'restart', '-t', '0')
  await project.succeed('up', '-d')
  expect(await statesOf(project)).toEqual(['running', 'running'])
  await project.succeed('down', '-v')
  expect(existsSync(`${path}.damaged`)).toBe(true)
  await project.succeed('-f', 'other.yaml', 'down', '-v')
})

test('doctor --fix clears a running project with a truncated record, whether or not its keeper answers', async () => {
  for (const isStopped of [false, true]) {
    await using project = new TestProject({ compose: RESTARTED })
    await project.succeed('up', '-d')
    if (isStopped) process.kill(keeperPid(project), 'SIGSTOP')
    const path = cutRecord(project)
    expect((await project.run(['doctor'])).stdout).toContain('Damaged records: 1')
    expect((await project.run(['doctor', '--fix'])).stdout).toContain(`moved to ${path}.damaged`)
    const after = (await project.run(['doctor'])).stdout
    expect(after).toContain('No orphans')
    expect(after).not.toContain('Damaged')
    await project.succeed('up', '-d')
    expect(await statesOf(project)).toEqual(['running', 'running'])
  }
})

test('two commands on one project wait for each other', async () => {
  await using project = new TestProject({ compose: PAIR, isWarm: false })
  const results = await Promise.all([
    project.run(['up', '-d']),
    project.run(['up', '-d']),
    project.run(['up', '-d']),
  ])
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
  expect(results.some(({ stderr }) => stderr.includes('aiting'))).toBe(true)
  expect(await statesOf(project)).toEqual(['running', 'running'])
  const [down, up] = await Promise.all([project.run(['down']), project.run(['up', '-d'])])
  expect([down.exitCode, up.exitCode]).toEqual([0, 0])
})

test('system sweep, which may start late, brings back no folder of a project that has gone', async () => {
  await using project = new TestProject({ isWarm: false })
  await project.succeed('-p', 'phoenix', '--progress', 'quiet', 'system', 'sweep')
  expect(existsSync(join(project.state, 'run'))).toBe(false)
  expect(existsSync(join(project.state, 'data'))).toBe(false)
})
