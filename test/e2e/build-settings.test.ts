import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseBytes } from '../../src/base/bytes.ts'
import { readInterfaceNames } from '../../src/engine/local/network/interface-names.ts'
import { BuildSession } from '../support/build-session.ts'

let build: BuildSession
beforeAll(async () => {
  const opened = await BuildSession.open({
    settings: {
      extraHosts: [
        { host: 'gate', address: 'host-gateway' },
        { host: 'other', address: '10.9.8.7' },
      ],
      shmSize: parseBytes('3m'),
      ulimits: new Map([['nofile', { soft: 1000, hard: 2000 }]]),
    },
  })
  if (typeof opened === 'string') throw new Error(opened)
  build = opened
})
afterAll(() => build[Symbol.asyncDispose]())

test('run() connects commands to the host and beyond, by one network for all', async () => {
  const server = createServer(socket => socket.end('from the host\n')).listen(0, '0.0.0.0')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const script = `nc gate ${port} < /dev/null; ip -o -4 addr show dev eth0 | cut -d' ' -f7; ip route | head -n 1`
  try {
    const [one, other] = await Promise.all([
      build.run({ script, operation: { network: 'default' } }),
      build.run({ script, operation: { network: 'default' } }),
    ])
    expect(one.stdout).toEqual(other.stdout)
    expect(one.stdout[0]).toBe('from the host')
    expect(one.stdout[2]).toMatch(/^default via [\d.]+ dev eth0/)
  } finally {
    server.close()
  }
})

test('run() has a loopback interface alone without a network, and those of the host on its network', async () => {
  const script = 'cut -d: -f1 -s /proc/net/dev | tr -d " "; hostname; grep -c gate /etc/hosts'
  const none = await build.run({ script, operation: { network: 'none' } })
  expect(none.stdout).toEqual(['lo', 'buildkitsandbox', '0'])
  const up = await build.run({ script: 'ip -o link show lo', operation: { network: 'none' } })
  expect(up.stdout[0]).toContain('UP')
  const host = await build.run({ script, operation: { network: 'host' } })
  // Tests beside this one make interfaces of their own, which come and go.
  const lasting = (names: Iterable<string>) => [...names].filter(name => !/^tc[bv]/.test(name))
  expect(lasting(host.stdout)).toEqual([...lasting(readInterfaceNames()), 'buildkitsandbox', '1'])
})

test('run() writes the hosts files that the settings ask for', async () => {
  const { stdout } = await build.run({ script: 'cat /etc/hosts', operation: { network: 'host' } })
  expect(stdout).toEqual([
    '127.0.0.1\tlocalhost buildkitsandbox',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    '127.0.0.1\tgate',
    '10.9.8.7\tother',
  ])
})

test('run() has the shared memory and the limits of the settings', async () => {
  const script = 'df -k /dev/shm | tail -n 1; ulimit -Sn; ulimit -Hn'
  const { stdout } = await build.run({ script })
  expect(stdout[0]).toMatch(/^(shm|tmpfs) +3072 /)
  expect(stdout.slice(1)).toEqual(['1000', '2000'])
})

test('run() confines a command as a service, or not at all', async () => {
  const script = `grep -E '^(CapEff|Seccomp):' /proc/self/status | cut -f2; ls /dev | wc -l; mount -t tmpfs x /mnt`
  const sandboxed = await build.run({ script: `mkdir /mnt; ${script}` })
  expect(sandboxed).toMatchObject({ exitCode: 1, files: ['mnt/'] })
  expect(sandboxed.stdout.slice(0, 2)).toEqual(['00000000a80425fb', '2'])
  const insecure = await build.run({ script: `mkdir /mnt; ${script}`, operation: { security: 'insecure' } })
  expect(insecure).toMatchObject({ exitCode: 0, files: ['mnt/'] })
  const [, bounding] = /^CapBnd:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  expect(insecure.stdout.slice(0, 2)).toEqual([bounding, '0'])
  expect(Number(insecure.stdout[2])).toBeGreaterThan(Number(sandboxed.stdout[2]))
})

test('run() sets HOME and PATH only where the image and the step do not', async () => {
  const script = 'echo $HOME; echo $PATH; echo $A'
  const bare = await build.run({ script, operation: { environment: [] } })
  expect(bare.stdout).toEqual(['/root', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ''])
  const own = await build.run({
    script,
    operation: { environment: ['PATH=/bin', 'HOME=/h', 'A=1'], uncachedEnvironment: ['A=2'] },
  })
  expect(own.stdout).toEqual(['/h', '/bin', '2'])
})
