import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import type { ObservedContainer } from '../../../src/model/observed-state.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { anObservedContainer } from '../../support/observed-container.ts'

const WEB: readonly ObservedContainer[] = [
  anObservedContainer('web', {
    ports: [
      { hostIp: '0.0.0.0', hostPort: 49153, target: 80, protocol: 'tcp' },
      { hostIp: '::', hostPort: 49153, target: 80, protocol: 'tcp' },
      { hostIp: '127.0.0.1', hostPort: 8053, target: 53, protocol: 'udp' },
      { hostIp: '::1', hostPort: 8443, target: 80, protocol: 'tcp' },
    ],
  }),
  anObservedContainer('web', {
    number: 2,
    name: 'shop-web-2',
    ports: [{ hostIp: '::', hostPort: 8081, target: 80, protocol: 'tcp' }],
  }),
  anObservedContainer('db'),
  anObservedContainer('job', {
    state: { kind: 'exited', exitCode: 0, finishedAt: 0, outOfMemory: false },
    ports: [{ hostIp: '0.0.0.0', hostPort: 8082, target: 80, protocol: 'tcp' }],
  }),
]

async function ports(args: readonly string[], containers = WEB) {
  const recorded = recordedPorts(['ports', ...args], {
    findContainers: async () => ({
      ...{ kind: 'found', project: parseProjectName('shop'), containers, services: undefined },
    }),
  })
  return { exitCode: await runCli(recorded), stdout: recorded.stdout.text, stderr: recorded.stderr.text }
}

test('ports lists what is published, and nothing of what does not run', async () => {
  const { stdout } = await ports([])
  expect(stdout.split('\n').map(line => line.trimEnd().split(/\s{2,}/))).toEqual([
    ['SERVICE', 'CONTAINER', 'PORT', 'PUBLISHED'],
    ['web', 'shop-web-1', '53/udp', '127.0.0.1:8053'],
    ['web', 'shop-web-1', '80/tcp', '0.0.0.0:49153'],
    ['web', 'shop-web-1', '80/tcp', '[::]:49153'],
    ['web', 'shop-web-1', '80/tcp', '[::1]:8443'],
    ['web', 'shop-web-2', '80/tcp', '[::]:8081'],
    [''],
  ])
})

test('ports --format json writes an object for each port', async () => {
  const { stdout } = await ports(['--format', 'json', 'web'])
  const lines = stdout.trim().split('\n')
  expect(lines).toHaveLength(5)
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    ...{ Service: 'web', Container: 'shop-web-1', Replica: 1, TargetPort: 53, Protocol: 'udp' },
    ...{ HostIP: '127.0.0.1', PublishedPort: 8053 },
  })
})

test('ports --env writes assignments that a shell reads as they are meant', async () => {
  const { stdout } = await ports(['--env'])
  const { stdout: shown } = spawnSync('sh', ['-c', `set -eu; ${stdout}set`], { encoding: 'utf8', env: {} })
  const variables = shown.split('\n').filter(line => line.startsWith('WEB_'))
  expect(variables.map(line => line.replaceAll("'", ''))).toEqual([
    'WEB_2_80_TCP=[::1]:8081',
    'WEB_2_80_TCP_HOST=::1',
    'WEB_2_80_TCP_PORT=8081',
    'WEB_53_UDP=127.0.0.1:8053',
    'WEB_53_UDP_HOST=127.0.0.1',
    'WEB_53_UDP_PORT=8053',
    'WEB_80_TCP=127.0.0.1:49153',
    'WEB_80_TCP_2=[::1]:8443',
    'WEB_80_TCP_2_HOST=::1',
    'WEB_80_TCP_2_PORT=8443',
    'WEB_80_TCP_HOST=127.0.0.1',
    'WEB_80_TCP_PORT=49153',
  ])
})

test('ports --env makes a name of every service that a shell takes', async () => {
  const port = { hostIp: '127.0.0.1', hostPort: 1, target: 80, protocol: 'tcp' as const }
  const { stdout } = await ports(['--env'], [anObservedContainer('2nd-web.app', { ports: [port] })])
  expect(stdout.split('\n')[0]).toBe('_2ND_WEB_APP_80_TCP=127.0.0.1:1')
})

test('ports --env refuses two variables of one name', async () => {
  const port = { hostIp: '127.0.0.1', hostPort: 1, target: 80, protocol: 'tcp' as const }
  const twins = ['a.b', 'a-b'].map(name => anObservedContainer(name, { name, ports: [port] }))
  const { exitCode, stdout, stderr } = await ports(['--env'], twins)
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain('Cannot name the ports of "a.b" and "a-b": both have the variable A_B_80_TCP')
})

for (const { args, code, says } of [
  { args: ['db'], code: 1, says: 'no running container of it publishes one' },
  { args: ['job', '--env'], code: 1, says: 'no running container of it publishes one' },
  { args: ['nobody'], code: 1, says: 'no such service: nobody' },
  { args: ['--format', 'xml'], code: 2, says: 'table' },
]) {
  test(`ports ${args.join(' ')} fails with ${code}`, async () => {
    const { exitCode, stdout, stderr } = await ports(args)
    expect([exitCode, stdout]).toEqual([code, ''])
    expect(stderr).toContain(says)
  })
}
