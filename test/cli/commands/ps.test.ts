import { expect, test } from 'vitest'
import type { ObservedContainer } from '../../../src/app/index.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { portsText } from '../../../src/cli/views/container-words.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { containerIdOf } from '../../support/apply-plan.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { aContainerSpec } from '../../support/container-input.ts'
import { anObservedContainer } from '../../support/observed-container.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const MINUTE = 60_000

const containers = [
  anObservedContainer('db', {
    command: ['postgres'],
    state: { kind: 'exited', exitCode: 137, finishedAt: NOW - 2 * MINUTE, outOfMemory: false },
  }),
  anObservedContainer('job', {
    state: { kind: 'restarting', exitCode: 1, finishedAt: NOW - 5000 },
    command: ['job'],
  }),
  anObservedContainer('web', {
    health: 'healthy',
    ports: [
      { hostIp: '0.0.0.0', hostPort: 8080, target: 80, protocol: 'tcp' },
      { hostIp: '::', hostPort: 8080, target: 80, protocol: 'tcp' },
    ],
  }),
]

/** Runs `ps` with the containers above. */
async function ps(...args: readonly string[]) {
  return await psOf(containers, ...args)
}

async function psOf(seen: readonly ObservedContainer[], ...args: readonly string[]) {
  const ports = recordedPorts(['ps', ...args], {
    findContainers: async () => ({
      kind: 'found',
      project: parseProjectName('shop'),
      containers: seen,
      services: ['web', 'db'],
    }),
  })
  const exitCode = await runCli(ports)
  return { exitCode, stdout: ports.stdout.text, stderr: ports.stderr.text }
}

test('ps shows what runs as Docker Compose does', async () => {
  expect((await ps()).stdout.split('\n')).toEqual([
    'NAME         IMAGE     COMMAND                  SERVICE   CREATED         STATUS                         PORTS',
    'shop-job-1   oci:app   "job"                    job       5 minutes ago   Restarting (1) 5 seconds ago   ',
    'shop-web-1   oci:app   "node server.js --po…"   web       5 minutes ago   Up 3 minutes (healthy)         0.0.0.0:8080->80/tcp, [::]:8080->80/tcp',
    '',
  ])
})

test('ps -a shows what has stopped too', async () => {
  expect((await ps('-a')).stdout).toContain('Exited (137) 2 minutes ago')
})

const lists: ReadonlyArray<{ readonly args: readonly string[]; readonly lines: readonly string[] }> = [
  { args: ['-q'], lines: [containerIdOf(3), containerIdOf(3)] },
  { args: ['--services', '-a'], lines: ['db', 'job', 'web'] },
  { args: ['--services', 'web'], lines: ['web'] },
  { args: ['--services', '--status', 'exited'], lines: ['db'] },
  { args: ['--services', '--no-orphans'], lines: ['web'] },
]
for (const { args, lines } of lists) {
  test(`ps ${args.join(' ')} lists ${lines.length}`, async () => {
    expect((await ps(...args)).stdout).toBe(lines.map(line => `${line}\n`).join(''))
  })
}

test('ps --format json writes an object per line with the fields of Docker Compose', async () => {
  const { stdout } = await ps('--format', 'json', 'web')
  expect(JSON.parse(stdout)).toEqual({
    Command: '"node server.js --po…"',
    CreatedAt: '2026-11-23 11:55:00 +0000 UTC',
    ExitCode: 0,
    FailingStreak: 0,
    Health: 'healthy',
    HealthLog: [],
    ID: containerIdOf(3).slice(0, 12),
    Image: 'oci:app',
    Labels: 'a=1',
    LocalVolumes: '0',
    Mounts: 'shop_data',
    Name: 'shop-web-1',
    Names: 'shop-web-1',
    Networks: 'shop_default',
    Ports: '0.0.0.0:8080->80/tcp, [::]:8080->80/tcp',
    Project: 'shop',
    Publishers: [
      { URL: '0.0.0.0', TargetPort: 80, PublishedPort: 8080, Protocol: 'tcp' },
      { URL: '::', TargetPort: 80, PublishedPort: 8080, Protocol: 'tcp' },
    ],
    RestartCount: 0,
    RestartReason: '',
    RunningFor: '5 minutes ago',
    Service: 'web',
    Size: '0B',
    State: 'running',
    Status: 'Up 3 minutes (healthy)',
  })
})

test.each(['host', 'none'] as const)('ps says that a container is on network %s', async kind => {
  const spec = aContainerSpec({ networkMode: { kind } })
  const seen = [anObservedContainer('web', { networks: [], spec })]
  expect((await psOf(seen, '--format', '{{.Networks}}')).stdout).toBe(`${kind}\n`)
})

test('ps tells what the last probe said and why a policy has restarted a container, beside the table', async () => {
  const probe = { startedAt: NOW - 3000, endedAt: NOW - 2000, exitCode: 1, output: 'hi\nno \x1bgood\n' }
  const cause = { kind: 'out-of-memory', exitCode: 137, finishedAt: NOW - 60_000 } as const
  const seen = [
    anObservedContainer('web', {
      health: 'unhealthy',
      probes: { failingStreak: 3, log: [probe] },
      restarts: { count: 2, cause },
    }),
  ]
  const { stdout, stderr } = await psOf(seen)
  expect(stdout.split('\n')[1]).toContain('Up 3 minutes (unhealthy) ')
  expect(stderr).toBe(
    'shop-web-1: 3 probes failed in a row, the last 2 seconds ago with exit code 1: no \\x1bgood\n' +
      'shop-web-1: restarted 2 times, last about a minute ago: out of memory\n',
  )
  const json = await psOf(seen, '--format', 'json')
  expect(json.stderr).toBe('')
  expect(JSON.parse(json.stdout)).toMatchObject({
    ...{ FailingStreak: 3, RestartCount: 2, RestartReason: 'out of memory' },
    HealthLog: [
      {
        Start: '2026-11-23T11:59:57.000Z',
        End: '2026-11-23T11:59:58.000Z',
        ExitCode: 1,
        Output: probe.output,
      },
    ],
  })
  const template = '{{range .HealthLog}}{{.ExitCode}}{{end}} {{.RestartReason}}'
  expect((await psOf(seen, '--format', template)).stdout).toBe('1 out of memory\n')
})

test('portsText() shows ports that are exposed only before those that are published', () => {
  const port = { hostIp: '0.0.0.0', hostPort: 8080, target: 80, protocol: 'tcp' } as const
  const exposedPorts = ['80/tcp', '443/tcp', '53/udp', '444/tcp', '9000/tcp']
  expect(portsText({ ports: [port], exposedPorts })).toBe(
    '443-444/tcp, 53/udp, 9000/tcp, 0.0.0.0:8080->80/tcp',
  )
  expect(portsText({ ports: [] })).toBe('')
})

test('ps refuses a service that there is not', async () => {
  const { exitCode, stderr } = await ps('wbe')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot select a service: no such service: wbe')
})

test('ps says which service may have been meant', async () => {
  expect((await ps('wbe')).stderr).toContain('did you mean "web"?')
})

test('ps --format TEMPLATE writes a line per container, or a table with the headings of docker', async () => {
  const template = '{{.Name}} {{range .Publishers}}{{.PublishedPort}},{{end}}'
  expect((await ps('--format', template, 'web')).stdout).toBe('shop-web-1 8080,8080,\n')
  expect((await ps('--format', 'table {{.ID}}\\t{{.RunningFor}}', 'web')).stdout).toBe(
    `CONTAINER ID   CREATED\n${containerIdOf(3).slice(0, 12)}   5 minutes ago\n`,
  )
  const wrong = await ps('--format', '{{.Nmae}}')
  expect(wrong.exitCode).toBe(2)
  expect(wrong.stderr).toContain('did you mean "Name"?')
})

test('ps --filter takes a status, and nothing else', async () => {
  expect((await ps('--filter', 'status=exited', '--format', '{{.Service}}')).stdout).toBe('db\n')
  expect((await ps('--filter', 'name=web')).exitCode).toBe(2)
})

test('ps --format table shows what ps shows, and no other format is taken', async () => {
  expect((await ps('--format', 'table')).stdout).toBe((await ps()).stdout)
  expect((await ps('--format', 'yaml')).exitCode).toBe(2)
})
