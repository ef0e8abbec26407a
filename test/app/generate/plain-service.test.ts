import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainService } from '../../../src/app/generate/plain-service.ts'
import { fixedParts } from '../../../src/planner/fixed-parts.ts'
import { arbitraryComposeText } from '../../support/arbitrary-compose.ts'
import { loadMemory } from '../../support/memory-project.ts'

const DECLARED = {
  networks: { back: { ipam: { config: [{ subnet: '10.1.2.0/24' }] } }, front: {} },
  volumes: { data: {} },
  secrets: { s: { file: './s' } },
  configs: { c: { content: 'x' } },
}

/** Reads a service `web`, beside one that others may share parts of. */
function read(web: unknown) {
  const text = JSON.stringify({ name: 'shop', services: { web, db: { image: 'y' } }, ...DECLARED })
  const { value, diagnostics } = loadMemory({ files: { 'compose.yaml': text } })
  const service = value?.services.get('web')
  if (service === undefined) throw new Error(JSON.stringify(diagnostics))
  return service
}

/** A text with a `$` is a text, as it is written. */
function escaped(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('$', '$$$$'))
}

describe('plainService() says what reads to the same service:', () => {
  test.for<readonly [string, object]>([
    ['commands', { command: ['echo', '$$x', ''], entrypoint: [], environment: { A: '1', B: null, C: '' } }],
    ['users and directories', { user: '1:2', working_dir: '/w', group_add: ['5'], read_only: true }],
    [
      'a process',
      { init: true, tty: true, stdin_open: true, stop_signal: 'SIGINT', stop_grace_period: '1.5s' },
    ],
    ['restarts', { restart: 'on-failure:3' }],
    ['a pull policy', { pull_policy: 'every_12h', platform: 'linux/arm64' }],
    ['namespaces', { pid: 'host', ipc: 'shareable', uts: 'host', cgroup: 'host', cgroup_parent: '/batch' }],
    ['a shared network', { network_mode: 'service:db', volumes_from: ['db:ro'] }],
    ['no network', { network_mode: 'none' }],
    [
      'networks',
      {
        networks: {
          back: { aliases: ['a'], ipv4_address: '10.1.2.3', priority: 3 },
          front: { gw_priority: 1 },
        },
        ports: ['127.0.0.1:8080-8081:80-81', '53:53/udp', '90'],
        expose: ['7000', '7001/udp'],
      },
    ],
    ['names', { hostname: 'h', domainname: 'd', extra_hosts: ['a=1.2.3.4'], dns: '1.1.1.1', dns_opt: ['x'] }],
    [
      'mounts',
      {
        volumes: [
          {
            type: 'bind',
            source: '/a',
            target: '/a',
            bind: { propagation: 'rslave', recursive: 'disabled' },
          },
          './b:/b:ro',
          'data:/d',
          '/anonymous',
          { type: 'volume', source: 'data', target: '/e', volume: { nocopy: true, subpath: 's' } },
          { type: 'tmpfs', target: '/t', tmpfs: { size: '1m', mode: 0o700 }, read_only: true },
          { type: 'image', source: 'z', target: '/i', image: { subpath: 'p' } },
        ],
        tmpfs: ['/u:size=1m,mode=1700,noexec,uid=7'],
        shm_size: '1m',
        storage_opt: { size: '1g' },
      },
    ],
    [
      'secrets and configs',
      { secrets: ['s'], configs: [{ source: 'c', target: '/c', mode: 0o400, uid: '7' }] },
    ],
    [
      'devices',
      {
        devices: ['/dev/null:/dev/x:r', 'vendor.example/class=one'],
        device_cgroup_rules: ['c 1:* rm', 'a *:* rwm'],
        gpus: [{ driver: 'nvidia', count: 1 }],
        deploy: { resources: { reservations: { devices: [{ capabilities: ['gpu'], device_ids: ['0'] }] } } },
      },
    ],
    [
      'limits',
      {
        ...{ mem_limit: '64m', mem_reservation: '32m', memswap_limit: -1, cpus: 0.5, cpu_shares: 512 },
        ...{ cpuset: '0-1', pids_limit: 10, mem_swappiness: 10, oom_kill_disable: true, oom_score_adj: 5 },
        ulimits: { nofile: { soft: 1, hard: 2 }, nproc: 3 },
        sysctls: { 'net.core.somaxconn': 1024 },
        blkio_config: { weight: 20, device_read_bps: [{ path: '/dev/sda', rate: '1m' }] },
      },
    ],
    [
      'security',
      {
        ...{ privileged: true, cap_add: ['NET_ADMIN'], cap_drop: ['ALL'] },
        security_opt: ['no-new-privileges', 'seccomp=unconfined', 'systempaths=unconfined'],
      },
    ],
    ['a health check', { healthcheck: { test: 'curl x', interval: '90s', retries: 2, start_period: '1m' } }],
    ['no health check', { healthcheck: { disable: true } }],
    ['a test of our own', { 'x-healthcheck': { http: '8080/health' }, 'x-on-unhealthy': 'restart' }],
    [
      'hooks',
      {
        pre_start: [{ command: ['a'], image: 'z', per_replica: true, environment: { A: '1' } }],
        post_start: [{ command: ['b', 'c'], user: 'root', privileged: true }],
        pre_stop: [{ command: 'd', working_dir: '/d' }],
      },
    ],
    ['a log', { logging: { driver: 'local', options: { 'max-size': '1m', 'max-file': '3' } } }],
    [
      'a log elsewhere',
      { logging: { driver: 'syslog', options: { 'syslog-address': 'tcp://[::1]:99', tag: 't' } } },
    ],
    ['labels', { labels: { a: '1', b: 'x=y' }, annotations: { c: 'd' } }],
  ])('%s', ([, attributes]) => {
    const service = read({ image: 'x', ...attributes })
    const again = read(escaped(plainService(service)))
    expect(fixedParts(again)).toEqual(fixedParts(service))
    expect(again.pullPolicy).toEqual(service.pullPolicy)
  })

  test('any service that can be written', () => {
    fc.assert(
      fc.property(arbitraryComposeText, text => {
        const { value } = loadMemory({ files: { 'compose.yaml': text }, request: { allowUnsupported: true } })
        for (const [name, service] of value?.services ?? []) {
          const document = JSON.parse(text)
          const services = { ...document.services, [name]: escaped(plainService(service)) }
          const written = JSON.stringify({ ...document, services })
          const again = loadMemory({
            files: { 'compose.yaml': written },
            request: { allowUnsupported: true },
          })
          const found = again.value?.services.get(name)
          expect(found && fixedParts(found)).toEqual(fixedParts(service))
        }
      }),
      { numRuns: 100 },
    )
  })
})
