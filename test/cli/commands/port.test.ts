import { expect, test } from 'vitest'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { anObservedContainer } from '../../support/observed-container.ts'

const containers = [
  anObservedContainer('web', {
    ports: [
      { hostIp: '0.0.0.0', hostPort: 8080, target: 80, protocol: 'tcp' },
      { hostIp: '0.0.0.0', hostPort: 8053, target: 53, protocol: 'udp' },
    ],
  }),
  anObservedContainer('web', {
    number: 2,
    name: 'shop-web-2',
    ports: [{ hostIp: '::1', hostPort: 8081, target: 80, protocol: 'tcp' }],
  }),
  anObservedContainer('db'),
  anObservedContainer('job', {
    state: { kind: 'exited', exitCode: 0, finishedAt: 0, outOfMemory: false },
    ports: [{ hostIp: '0.0.0.0', hostPort: 8082, target: 80, protocol: 'tcp' }],
  }),
]

async function port(...args: readonly string[]) {
  const ports = recordedPorts(['port', ...args], {
    findContainers: async () => ({
      ...{ kind: 'found', project: parseProjectName('shop'), containers, services: undefined },
    }),
  })
  return { exitCode: await runCli(ports), stdout: ports.stdout.text, stderr: ports.stderr.text }
}

for (const { args, text } of [
  { args: ['web', '80'], text: '0.0.0.0:8080\n' },
  { args: ['--protocol', 'udp', 'web', '53'], text: '0.0.0.0:8053\n' },
  { args: ['--index', '2', 'web', '80'], text: '[::1]:8081\n' },
]) {
  test(`port ${args.join(' ')} writes ${text.trim()}`, async () => {
    expect(await port(...args)).toEqual({ exitCode: 0, stdout: text, stderr: '' })
  })
}

for (const { args, says } of [
  { args: ['web', '53'], says: 'Cannot find port 53/tcp of shop-web-1: it is not published' },
  { args: ['web', '81'], says: 'Published are 0.0.0.0:8053->53/udp, 0.0.0.0:8080->80/tcp' },
  { args: ['db', '80'], says: 'Publish it with "ports:" in the file' },
  { args: ['job', '80'], says: 'Cannot find port 80/tcp of shop-job-1: it is not running' },
  { args: ['--index', '3', 'web', '80'], says: 'Cannot find container web-3' },
]) {
  test(`port ${args.join(' ')} fails with 1`, async () => {
    const { exitCode, stdout, stderr } = await port(...args)
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toContain(says)
  })
}

for (const text of ['http', '-1', '123456', '']) {
  test(`port refuses "${text}" as a port with 2`, async () => {
    expect(await port('web', text)).toMatchObject({ exitCode: 2, stdout: '' })
  })
}

test('port counts replicas from 1', async () => {
  const { exitCode, stdout, stderr } = await port('--index', '0', 'web', '80')
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain('Expected a number of 1 or more')
})
