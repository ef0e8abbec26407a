import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

test('stats tells what computes from what sleeps, and counts memory, networks, disks and processes', async () => {
  await using project = new TestProject({
    compose: `
name: measured
services:
  busy:
    image: rootfs:/
    command: [sh, -c, "while :; do :; done"]
    stop_signal: SIGKILL
    mem_limit: 64m
  idle:
    image: rootfs:/
    command: [sh, -c, "dd if=/dev/urandom of=/srv/file bs=64k count=32 conv=fsync; touch /srv/done; sleep 600 & sleep 600"]
    stop_signal: SIGKILL
    healthcheck: { test: [CMD, test, -e, /srv/done], interval: 10m, start_period: 60s, start_interval: 50ms }
  ended:
    image: rootfs:/
    command: ["true"]
`,
  })
  await project.succeed('up', '-d', '--wait', 'busy', 'idle')
  await project.succeed('up', '-d', 'ended')
  const rowsOf = async (...args: readonly string[]) => {
    const lines = await project.succeed('stats', '--no-stream', '--format', 'json', ...args)
    return new Map(
      lines
        .trim()
        .split('\n')
        .map(line => [JSON.parse(line).Name, JSON.parse(line)]),
    )
  }
  await eventually(async () => expect(await project.succeed('ps', '-a', 'ended')).toContain('Exited'))
  // Nobody listens: the answer is traffic too.
  await project.succeed('exec', '-T', 'idle', 'bash', '-c', '</dev/tcp/busy/1 || true')
  const rows = await rowsOf()
  expect([...rows.keys()]).toEqual(['measured-busy-1', 'measured-idle-1'])
  const busy = rows.get('measured-busy-1')
  const idle = rows.get('measured-idle-1')
  expect(Number.parseFloat(busy.CPUPerc)).toBeGreaterThan(Number.parseFloat(idle.CPUPerc))
  expect(busy.MemUsage).toContain(' / 64MiB')
  expect(Number(idle.PIDs)).toBe(3)
  expect(idle.NetIO).not.toBe('0B / 0B')
  expect([...(await rowsOf('--all', 'ended')).values()]).toMatchObject([
    { Name: 'measured-ended-1', CPUPerc: '0.00%', PIDs: '0' },
  ])
})
