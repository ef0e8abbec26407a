import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const V1 = '/sys/fs/cgroup'
const hasV1 = ['memory', 'blkio', 'cpu'].every(name => existsSync(join(V1, name, 'cgroup.procs')))
const DISK = readdirSync('/sys/block').find(name => /^(?:[svx]d|vd|xvd)[a-z]+$|^nvme\d+n\d+$/.test(name))
const numbers = DISK === undefined ? '' : readFileSync(`/sys/block/${DISK}/dev`, 'utf8').trim()
const hasRealtime = existsSync(`${V1}/cpu/cpu.rt_runtime_us`)
const PARENT = `tc-e2e-${process.pid}`

const service = (name: string, rest: string) => `  ${name}:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    network_mode: none
${rest}`

const COMPOSE = `name: rare
services:
${service(
  'limited',
  `    mem_swappiness: 7
    oom_kill_disable: true
    mem_limit: 64m
    cgroup_parent: ${PARENT}
    blkio_config:
      device_read_bps: [{ path: /dev/${DISK}, rate: 512mb }]
      device_write_iops: [{ path: /dev/${DISK}, rate: 100000 }]
${hasRealtime ? '    cpu_rt_runtime: 9000\n    cpu_rt_period: 100000\n    cap_add: [SYS_NICE]\n' : ''}`,
)}
${service('windows', '    cpu_count: 2\n    cpu_percent: 50\n    isolation: hyperv\n    credential_spec: {file: a.json}\n')}
`

/** Needs control groups of version 1, and a disk. */
const onV1 = test.skipIf(!hasV1 || DISK === undefined)

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: COMPOSE })
  if (hasV1 && DISK !== undefined) await project.succeed('up', '-d')
})
afterAll(async () => {
  await project.run(['down'])
  for (const name of hasV1 ? readdirSync(V1) : [])
    if (existsSync(join(V1, name, PARENT))) rmdirSync(join(V1, name, PARENT))
  await project[Symbol.asyncDispose]()
})

function inside(path: string): Promise<string> {
  return project.succeed('exec', '-T', 'limited', 'cat', `/sys/fs/cgroup/${path}`)
}

onV1('limits of version 1 are written to the control group that the container sees', async () => {
  expect(await inside('memory/memory.swappiness')).toBe('7\n')
  expect(await inside('memory/memory.oom_control')).toContain('oom_kill_disable 1')
  expect(await inside('blkio/blkio.throttle.read_bps_device')).toBe(`${numbers} 536870912\n`)
  expect(await inside('blkio/blkio.throttle.write_iops_device')).toBe(`${numbers} 100000\n`)
})

onV1('cgroup_parent is where the control group is, for every command that looks for it', async () => {
  const [group = ''] = readdirSync(join(V1, 'memory', PARENT)).filter(name => name.startsWith('tcompose-'))
  expect(readFileSync(join(V1, 'memory', PARENT, group, 'cgroup.procs'), 'utf8')).toMatch(/^\d+\n$/)
  expect(await project.succeed('top', 'limited')).toContain('sleep 600')
  await project.succeed('restart', 'limited')
  await project.succeed('kill', 'limited')
  expect(readdirSync(join(V1, 'memory', PARENT))).toContain(group)
  await project.succeed('rm', '-f', 'limited')
  expect(readdirSync(join(V1, 'memory', PARENT))).not.toContain(group)
  await project.succeed('up', '-d', 'limited')
})

test.skipIf(!hasV1 || !hasRealtime || DISK === undefined)(
  'cpu_rt_runtime lets a process be real-time',
  async () => {
    expect(await inside('cpu/cpu.rt_runtime_us')).toBe('9000\n')
    const script = 'chrt -f 1 sleep 0 && echo real-time'
    expect(await project.succeed('exec', '-T', 'limited', 'sh', '-c', script)).toBe('real-time\n')
  },
)

test('what is for Windows is kept in the file, with one warning for each key', async () => {
  const { stdout, stderr } = await project.run(['config', 'windows'])
  const plan = await project.run(['plan'])
  for (const key of ['cpu_count', 'cpu_percent', 'isolation', 'credential_spec']) {
    expect(stdout).toContain(`${key}:`)
    expect(plan.stderr).toContain(`Ignoring "${key}" of service "windows": it is for containers of Windows`)
  }
  expect(stderr).not.toContain('error')
})

test('a device that does not exist is an error before anything is made', async () => {
  const text = COMPOSE.replaceAll(`/dev/${DISK}`, '/dev/tc-missing').replace(
    'name: rare',
    'name: rare-missing',
  )
  await using broken = new TestProject({ compose: text })
  const { exitCode, stderr } = await broken.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot limit device "/dev/tc-missing" of service "limited": it does not exist')
  expect(stderr).toContain('Nothing was changed')
})
