import { describe, expect, test } from 'vitest'
import { refusedSysctl, sysctlPath } from '../../src/model/sysctl.ts'

describe('sysctlPath()', () => {
  for (const [name, path] of [
    ['net.core.somaxconn', 'net/core/somaxconn'],
    ['net/core/somaxconn', 'net/core/somaxconn'],
    ['net/ipv4/conf/eth0.1/forwarding', 'net/ipv4/conf/eth0.1/forwarding'],
    ['net.ipv4.conf.eth0/1.forwarding', 'net/ipv4/conf/eth0.1/forwarding'],
    ['net/../vm/swappiness', undefined],
    ['net/ipv4/../../kernel/shmmax', undefined],
    ['net.//.vm.swappiness', undefined],
    ['net./.vm', undefined],
    ['net..core', undefined],
    ['/net/core', undefined],
    ['net.core.', undefined],
    ['', undefined],
  ] as const) {
    test(`reads ${JSON.stringify(name)} as sysctl(8) does`, () => expect(sysctlPath(name)).toBe(path))
  }
})

describe('refusedSysctl()', () => {
  for (const name of [
    'net.ipv4.ip_forward',
    'fs.mqueue.msg_max',
    'kernel/shm_rmid_forced',
    'kernel.sem',
    'kernel.domainname',
  ]) {
    test(`lets a container with a network of its own set ${name}`, () =>
      expect(refusedSysctl(name, { hostNetwork: false })).toBeUndefined())
  }

  for (const name of [
    'vm.max_map_count',
    'fs.file-max',
    'fs.mqueue',
    'kernel.core_pattern',
    'kernel.hostname',
    'kernel.shmmaxx',
    'network.x',
    'net',
    'net.',
  ]) {
    test(`refuses ${name}`, () => expect(refusedSysctl(name, { hostNetwork: false })).toBeDefined())
  }

  test('refuses the network of the host, and what has another namespace not', () => {
    expect(refusedSysctl('net.core.somaxconn', { hostNetwork: true })?.reason).toContain('the host network')
    expect(refusedSysctl('kernel.shmmax', { hostNetwork: true })).toBeUndefined()
  })
})
