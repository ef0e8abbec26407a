import { describe, expect, test } from 'vitest'
import type { Service } from '../../src/model/service.ts'
import { loadMemory, projectOf, serviceOf } from '../support/memory-project.ts'

interface Case {
  readonly yaml: string
  /** More of the file, below the services. */
  readonly rest?: string
  readonly field: keyof Service
  readonly value: unknown
}

const MiB = 1024 * 1024
const attachment = {
  network: 'default',
  aliases: [],
  ipv4Address: undefined,
  macAddress: undefined,
  interfaceName: undefined,
  priority: 0,
  gatewayPriority: 0,
}
const front = { ...attachment, network: 'front' }
const networks = 'networks: {front: {}}\n'
const port = { hostIp: undefined, published: undefined, target: 80, protocol: 'tcp' }
const bind = {
  kind: 'bind',
  source: '/project/src',
  target: '/app',
  readOnly: false,
  createHostPath: true,
  propagation: 'rprivate',
  recursive: true,
}
const volume = {
  kind: 'volume',
  volume: 'data',
  target: '/data',
  readOnly: false,
  nocopy: false,
  subpath: undefined,
}
const volumes = 'volumes: {data: }\n'
const tmpfs = { kind: 'tmpfs', target: '/run', size: undefined, mode: undefined, options: [] }
const limits = {
  memory: undefined,
  memoryReservation: undefined,
  memorySwap: undefined,
  cpus: undefined,
  cpuShares: undefined,
  cpuset: undefined,
  pids: undefined,
}
const security = {
  privileged: false,
  capAdd: [],
  capDrop: [],
  noNewPrivileges: false,
  seccomp: { kind: 'default' },
  unmaskSystemPaths: false,
}
const health = {
  test: undefined,
  interval: undefined,
  timeout: undefined,
  retries: undefined,
  startPeriod: undefined,
  startInterval: undefined,
}
const db = '  db: {image: rootfs:/}\n'
const onDb = { service: 'db', condition: 'service_started', restart: false, required: true }

const cases: readonly Case[] = [
  { yaml: 'image: nginx:1', field: 'image', value: 'nginx:1' },
  { yaml: 'image: rootfs:./base', field: 'image', value: 'rootfs:/project/base' },
  { yaml: 'image: rootfs:base', field: 'image', value: 'rootfs:/project/base' },
  { yaml: 'image: rootfs:/', field: 'image', value: 'rootfs:/' },
  { yaml: 'image: oci:img:v1', field: 'image', value: 'oci:/project/img:v1' },
  { yaml: 'image: oci-archive:../a.tar', field: 'image', value: 'oci-archive:/a.tar' },
  {
    yaml: 'image: docker-archive:./a.tar:host:5000/b//c:2',
    field: 'image',
    value: 'docker-archive:/project/a.tar:host:5000/b//c:2',
  },
  { yaml: 'image: docker-archive:/x/a.tar:n:2', field: 'image', value: 'docker-archive:/x/a.tar:n:2' },
  { yaml: 'scale: 3', field: 'replicas', value: 3 },
  { yaml: 'deploy: {replicas: 2}', field: 'replicas', value: 2 },
  { yaml: 'deploy: {replicas: "0"}', field: 'replicas', value: 0 },
  { yaml: 'container_name: one', field: 'containerName', value: 'one' },
  { yaml: 'depends_on: [db]', rest: db, field: 'dependsOn', value: [onDb] },
  {
    yaml: 'depends_on: {db: {condition: service_healthy, restart: true}}',
    rest: db,
    field: 'dependsOn',
    value: [{ ...onDb, condition: 'service_healthy', restart: true }],
  },
  {
    yaml: 'depends_on: {gone: {condition: service_started, required: false}}',
    field: 'dependsOn',
    value: [],
  },
  { yaml: 'network_mode: "service:db"', rest: db, field: 'dependsOn', value: [{ ...onDb, restart: true }] },
  {
    yaml: 'labels: {a: 1, b: true, c: }',
    field: 'labels',
    value: new Map([
      ['a', '1'],
      ['b', 'true'],
      ['c', ''],
    ]),
  },
  {
    yaml: 'labels: [a=1, b]',
    field: 'labels',
    value: new Map([
      ['a', '1'],
      ['b', ''],
    ]),
  },
  { yaml: 'annotations: [a=1=2]', field: 'annotations', value: new Map([['a', '1=2']]) },
  { yaml: 'entrypoint: /bin/sh -c "a b"', field: 'entrypoint', value: ['/bin/sh', '-c', 'a b'] },
  { yaml: 'entrypoint: []', field: 'entrypoint', value: [] },
  { yaml: 'command:', field: 'command', value: undefined },
  { yaml: 'command: a\\ b \'c d\' "e\\"f"', field: 'command', value: ['a b', 'c d', 'e"f'] },
  {
    yaml: 'environment: {A: 1, B: 1.10, C: "", D: }',
    field: 'environment',
    value: new Map([
      ['A', '1'],
      ['B', '1.1'],
      ['C', ''],
      ['D', undefined],
    ]),
  },
  { yaml: 'environment: [A=1, A=2]', field: 'environment', value: new Map([['A', '2']]) },
  {
    yaml: 'environment: {A: 12345678901234567890}',
    field: 'environment',
    value: new Map([['A', '12345678901234567890']]),
  },
  { yaml: 'working_dir: /srv', field: 'workingDir', value: '/srv' },
  { yaml: 'user: "1000:1000"', field: 'user', value: '1000:1000' },
  { yaml: 'group_add: [audio, 44]', field: 'groupAdd', value: ['audio', '44'] },
  { yaml: 'init: "yes"', field: 'init', value: true },
  { yaml: 'tty: true', field: 'tty', value: true },
  { yaml: 'stdin_open: true', field: 'stdinOpen', value: true },
  { yaml: 'stop_signal: SIGINT', field: 'stopSignal', value: 'SIGINT' },
  { yaml: 'stop_grace_period: 1m30s', field: 'stopGracePeriod', value: 90_000 },
  { yaml: 'attach: false', field: 'attach', value: false },
  { yaml: 'network_mode: none', field: 'networkMode', value: { kind: 'none' } },
  { yaml: 'network_mode: host', field: 'networkMode', value: { kind: 'host' } },
  { yaml: 'tty: false', field: 'networkMode', value: { kind: 'networks', attachments: [attachment] } },
  {
    yaml: 'networks: [front]',
    rest: networks,
    field: 'networkMode',
    value: { kind: 'networks', attachments: [front] },
  },
  {
    yaml: 'networks: {front: {aliases: [w], ipv4_address: 10.1.0.2, mac_address: "02:00:00:00:00:01", interface_name: eth7, priority: 5, gw_priority: 2}}',
    rest: 'networks: {front: {ipam: {config: [{subnet: 10.1.0.0/24}]}}}\n',
    field: 'networkMode',
    value: {
      kind: 'networks',
      attachments: [
        {
          network: 'front',
          aliases: ['w'],
          ipv4Address: '10.1.0.2',
          macAddress: '02:00:00:00:00:01',
          interfaceName: 'eth7',
          priority: 5,
          gatewayPriority: 2,
        },
      ],
    },
  },
  {
    yaml: 'mac_address: 02:00:00:00:00:01\nnetworks: {default: {}, front: {priority: 1}}',
    rest: networks,
    field: 'networkMode',
    value: {
      kind: 'networks',
      attachments: [attachment, { ...front, priority: 1, macAddress: '02:00:00:00:00:01' }],
    },
  },
  { yaml: 'ports: [80]', field: 'ports', value: [port] },
  { yaml: 'ports: ["8080:80"]', field: 'ports', value: [{ ...port, published: { from: 8080, to: 8080 } }] },
  { yaml: 'ports: [22:80]', field: 'ports', value: [{ ...port, published: { from: 22, to: 22 } }] },
  {
    yaml: 'ports: ["127.0.0.1::80/udp"]',
    field: 'ports',
    value: [{ ...port, hostIp: '127.0.0.1', protocol: 'udp' }],
  },
  {
    yaml: 'ports: ["[::1]:81:80"]',
    field: 'ports',
    value: [{ ...port, hostIp: '::1', published: { from: 81, to: 81 } }],
  },
  {
    yaml: 'ports: ["::1:81:80"]',
    field: 'ports',
    value: [{ ...port, hostIp: '::1', published: { from: 81, to: 81 } }],
  },
  {
    yaml: 'ports: ["90-91:80-81"]',
    field: 'ports',
    value: [
      { ...port, published: { from: 90, to: 90 } },
      { ...port, target: 81, published: { from: 91, to: 91 } },
    ],
  },
  { yaml: 'ports: ["90-92:80"]', field: 'ports', value: [{ ...port, published: { from: 90, to: 92 } }] },
  {
    yaml: 'ports: [{target: 80, published: 81, host_ip: 0.0.0.0, protocol: tcp, mode: host, name: web}]',
    field: 'ports',
    value: [{ ...port, hostIp: '0.0.0.0', published: { from: 81, to: 81 } }],
  },
  { yaml: 'hostname: h', field: 'hostname', value: 'h' },
  { yaml: 'domainname: d', field: 'domainname', value: 'd' },
  {
    yaml: 'extra_hosts: ["a:1.2.3.4", "b=[::1]"]',
    field: 'extraHosts',
    value: [
      { host: 'a', address: '1.2.3.4' },
      { host: 'b', address: '::1' },
    ],
  },
  {
    yaml: 'extra_hosts: {a: host-gateway, b: [1.1.1.1, 2.2.2.2]}',
    field: 'extraHosts',
    value: [
      { host: 'a', address: 'host-gateway' },
      { host: 'b', address: '1.1.1.1' },
      { host: 'b', address: '2.2.2.2' },
    ],
  },
  {
    yaml: 'dns: 1.1.1.1\ndns_search: [a, b]\ndns_opt: ["ndots:2"]',
    field: 'dns',
    value: { servers: ['1.1.1.1'], search: ['a', 'b'], options: ['ndots:2'] },
  },
  { yaml: 'volumes: [./src:/app]', field: 'mounts', value: [bind] },
  {
    yaml: 'volumes: ["./src:/app:ro,rslave"]',
    field: 'mounts',
    value: [{ ...bind, readOnly: true, propagation: 'rslave' }],
  },
  {
    yaml: 'volumes: [{type: bind, source: ./src, target: /app, bind: {create_host_path: false, propagation: shared}}]',
    field: 'mounts',
    value: [{ ...bind, createHostPath: false, propagation: 'shared' }],
  },
  { yaml: 'volumes: [data:/data/]', rest: volumes, field: 'mounts', value: [volume] },
  {
    yaml: 'volumes: [data:/data:nocopy]',
    rest: volumes,
    field: 'mounts',
    value: [{ ...volume, nocopy: true }],
  },
  {
    yaml: 'volumes: [{type: volume, source: data, target: /data, volume: {subpath: a/b}}]',
    rest: volumes,
    field: 'mounts',
    value: [{ ...volume, subpath: 'a/b' }],
  },
  { yaml: 'volumes: [/anon]', field: 'mounts', value: [{ ...volume, volume: undefined, target: '/anon' }] },
  {
    yaml: 'volumes: [{type: tmpfs, target: /run, tmpfs: {size: 1m, mode: 0o1777}}]',
    field: 'mounts',
    value: [{ ...tmpfs, size: MiB, mode: 0o1777 }],
  },
  { yaml: 'tmpfs: /run', field: 'mounts', value: [tmpfs] },
  {
    yaml: 'tmpfs: ["/run:size=64k,mode=755,noexec"]',
    field: 'mounts',
    value: [{ ...tmpfs, size: 65_536, mode: 0o755, options: ['noexec'] }],
  },
  { yaml: 'read_only: true', field: 'readOnly', value: true },
  { yaml: 'shm_size: 64m', field: 'shmSize', value: 64 * MiB },
  { yaml: 'mem_limit: 64m', field: 'limits', value: { ...limits, memory: 64 * MiB } },
  { yaml: 'mem_limit: 0', field: 'limits', value: limits },
  {
    yaml: 'mem_reservation: 1048576\nmemswap_limit: -1',
    field: 'limits',
    value: { ...limits, memoryReservation: MiB, memorySwap: -1 },
  },
  {
    yaml: 'cpus: "0.5"\ncpu_shares: 512\ncpuset: 0-1\npids_limit: 10',
    field: 'limits',
    value: { ...limits, cpus: 0.5, cpuShares: 512, cpuset: '0-1', pids: 10 },
  },
  { yaml: 'cpu_quota: 25000\ncpu_period: 50000', field: 'limits', value: { ...limits, cpus: 0.5 } },
  {
    yaml: 'deploy: {resources: {limits: {cpus: "2", memory: 1m, pids: 5}, reservations: {memory: 1m}}}',
    field: 'limits',
    value: { ...limits, cpus: 2, memory: MiB, pids: 5, memoryReservation: MiB },
  },
  {
    yaml: 'mem_limit: 1024k\ndeploy: {resources: {limits: {memory: 1m}}}',
    field: 'limits',
    value: { ...limits, memory: MiB },
  },
  {
    yaml: 'ulimits: {nofile: 10, nproc: {soft: 1, hard: 2}}',
    field: 'ulimits',
    value: new Map([
      ['nofile', { soft: 10, hard: 10 }],
      ['nproc', { soft: 1, hard: 2 }],
    ]),
  },
  {
    yaml: 'sysctls: {net.core.somaxconn: 1024}',
    field: 'sysctls',
    value: new Map([['net.core.somaxconn', '1024']]),
  },
  { yaml: 'oom_score_adj: -500', field: 'oomScoreAdj', value: -500 },
  {
    yaml: 'privileged: true\ncap_add: [cap_net_admin, ALL]\ncap_drop: [chown]',
    field: 'security',
    value: { ...security, privileged: true, capAdd: ['NET_ADMIN', 'ALL'], capDrop: ['CHOWN'] },
  },
  {
    yaml: 'security_opt: ["no-new-privileges:true", seccomp=unconfined, systempaths=unconfined]',
    field: 'security',
    value: { ...security, noNewPrivileges: true, seccomp: { kind: 'unconfined' }, unmaskSystemPaths: true },
  },
  { yaml: 'security_opt: ["no-new-privileges:false"]', field: 'security', value: security },
  {
    yaml: 'healthcheck: {test: curl x, interval: 5s, timeout: 1s, retries: 2, start_period: 1m, start_interval: 500ms}',
    field: 'healthcheck',
    value: {
      test: { kind: 'shell', command: 'curl x' },
      interval: 5000,
      timeout: 1000,
      retries: 2,
      startPeriod: 60_000,
      startInterval: 500,
    },
  },
  {
    yaml: 'healthcheck: {test: [CMD, a, b c]}',
    field: 'healthcheck',
    value: { ...health, test: { kind: 'exec', argv: ['a', 'b c'] } },
  },
  {
    yaml: 'healthcheck: {disable: true}',
    field: 'healthcheck',
    value: { ...health, test: { kind: 'none' } },
  },
  { yaml: 'restart: no', field: 'restart', value: { kind: 'no' } },
  { yaml: 'restart: unless-stopped', field: 'restart', value: { kind: 'unless-stopped' } },
  { yaml: 'restart: on-failure:3', field: 'restart', value: { kind: 'on-failure', maxRetries: 3 } },
  {
    yaml: 'restart: always\ndeploy: {restart_policy: {condition: on-failure, max_attempts: 2}}',
    field: 'restart',
    value: { kind: 'on-failure', maxRetries: 2 },
  },
  {
    yaml: 'pull_policy: if_not_present\nlogging: {driver: json-file}\nexpose: [80, "90-91/udp"]\nx-any: [1]',
    field: 'init',
    value: false,
  },
]

describe('a service attribute', () => {
  for (const { yaml, rest, field, value } of cases) {
    test(`loadProject() reads ${JSON.stringify(yaml)} into ${field}`, () => {
      const service = serviceOf(yaml, rest)
      const mounts = service.mounts.map(({ origin, ...mount }) => mount)
      const ports = service.ports.map(({ origin, ...port }) => port)
      expect({ ...service, mounts, ports }[field]).toEqual(value)
    })
  }
})

describe('a network or volume', () => {
  const head = 'name: shop\nservices: {web: {image: x, networks: [n], volumes: [v:/v]}}\n'
  const plain = {
    key: 'n',
    name: 'shop_n',
    driver: 'bridge',
    external: false,
    internal: false,
    ipam: [],
    mtu: undefined,
    labels: new Map(),
  }
  const table = [
    {
      yaml: 'networks: {n: }\nvolumes: {v: }',
      network: plain,
      volume: { key: 'v', name: 'shop_v', external: false, labels: new Map() },
    },
    {
      yaml: 'networks: {n: {external: true}}\nvolumes: {v: {external: true}}',
      network: { ...plain, name: 'n', external: true },
      volume: { key: 'v', name: 'v', external: true, labels: new Map() },
    },
    {
      yaml: 'networks: {n: {external: {name: old}}}\nvolumes: {v: {name: mine, labels: [a=1]}}',
      network: { ...plain, name: 'old', external: true },
      volume: { key: 'v', name: 'mine', external: false, labels: new Map([['a', '1']]) },
    },
    {
      yaml: 'networks: {n: {internal: true, driver_opts: {com.docker.network.driver.mtu: 1400}, ipam: {config: [{subnet: 10.9.0.0/24, gateway: 10.9.0.1, ip_range: 10.9.0.128/25, aux_addresses: {a: 10.9.0.5}}]}}}\nvolumes: {v: }',
      network: {
        ...plain,
        internal: true,
        mtu: 1400,
        ipam: [
          {
            subnet: '10.9.0.0/24',
            ipRange: '10.9.0.128/25',
            gateway: '10.9.0.1',
            auxAddresses: new Map([['a', '10.9.0.5']]),
          },
        ],
      },
      volume: { key: 'v', name: 'shop_v', external: false, labels: new Map() },
    },
  ]
  for (const { yaml, network, volume: expected } of table) {
    test(`loadProject() reads ${JSON.stringify(yaml)}`, () => {
      const project = projectOf(`${head}${yaml}\n`)
      expect(project.networks.get('n')).toEqual(network)
      expect(project.volumes.get('v')).toEqual(expected)
    })
  }
})

describe('a project', () => {
  const one = 'services: {web: {image: x}}\n'

  test('loadProject() finds a file in a folder above', () => {
    const { value } = loadMemory({ files: { '../docker-compose.yml': one }, request: { projectName: 'p' } })
    expect(value?.workingDir).toBe('/')
  })

  test('loadProject() adds the override file beside a discovered one', () => {
    const { value } = loadMemory({
      files: { 'compose.yaml': one, 'compose.override.yaml': 'services: {web: {init: true}}\n' },
    })
    expect(value?.services.get('web')?.init).toBe(true)
    expect(value?.files).toEqual(['/project/compose.yaml', '/project/compose.override.yaml'])
  })

  test('loadProject() takes the first -f for the project folder', () => {
    const { value } = loadMemory({
      files: { 'app/a.yaml': 'services: {web: {image: x, volumes: [./d:/d]}}\n' },
      request: { files: ['app/a.yaml'] },
    })
    expect(value?.services.get('web')?.mounts).toMatchObject([{ source: '/project/app/d' }])
    expect(value?.name).toBe('app')
  })

  const names = [
    { what: 'the folder', text: one, name: 'project' },
    { what: 'the file', text: `name: My Shop\n${one}`, name: 'myshop' },
    { what: 'the variable', text: `name: a\n${one}`, environment: { COMPOSE_PROJECT_NAME: 'b' }, name: 'b' },
    {
      what: '-p',
      text: `name: a\n${one}`,
      environment: { COMPOSE_PROJECT_NAME: 'b' },
      request: { projectName: 'c' },
      name: 'c',
    },
  ]
  for (const { what, text, environment = {}, request = {}, name } of names) {
    test(`loadProject() takes the name from ${what}`, () => {
      expect(loadMemory({ files: { 'compose.yaml': text }, environment, request }).value?.name).toBe(name)
    })
  }

  test('loadProject() interpolates with .env below the process environment', () => {
    const { value } = loadMemory({
      files: {
        'compose.yaml': 'services: {web: {image: "$A-$B-$COMPOSE_PROJECT_NAME"}}\n',
        '.env': 'A=file\nB=file\n',
      },
      environment: { A: 'process' },
    })
    expect(value?.services.get('web')?.image).toBe('process-file-project')
  })

  test('loadProject() reads env files named by the request instead of .env, the later winning', () => {
    const { value } = loadMemory({
      files: {
        'compose.yaml': 'services: {web: {image: "$A-${B:-none}"}}\n',
        '.env': 'B=x\n',
        one: 'A=1\n',
        two: 'A=${A}2\n',
      },
      request: { envFiles: ['one', 'two'] },
    })
    expect(value?.services.get('web')?.image).toBe('12-none')
  })

  test('loadProject() folds env_file into the environment, which wins', () => {
    const { value } = loadMemory({
      files: {
        'compose.yaml':
          'services: {web: {image: x, env_file: [a.env, {path: gone, required: false}, {path: raw.env, format: raw}], environment: {B: own, C: , D: }}}\n',
        'a.env': 'A=1\nB=2\n',
        'raw.env': 'R="$x"\n',
      },
      environment: { C: 'outer' },
    })
    const expected = new Map([
      ['A', '1'],
      ['R', '"$x"'],
      ['B', 'own'],
      ['C', 'outer'],
      ['D', undefined],
    ])
    expect(value?.services.get('web')?.environment).toEqual(expected)
  })

  const profiles =
    'services: {web: {image: x}, dbg: {image: x, profiles: [debug]}, two: {image: x, profiles: [debug, b]}}\n'
  const selections = [
    { what: 'none', on: ['web'] },
    { what: '--profile', request: { profiles: ['b'] }, on: ['web', 'two'] },
    { what: 'COMPOSE_PROFILES', environment: { COMPOSE_PROFILES: 'b, debug' }, on: ['web', 'dbg', 'two'] },
    { what: '*', request: { profiles: ['*'] }, on: ['web', 'dbg', 'two'] },
    {
      what: 'COMPOSE_PROFILES with an empty one',
      environment: { COMPOSE_PROFILES: 'b,' },
      on: ['web', 'two'],
    },
    { what: 'a named service', request: { services: ['dbg'] }, on: ['web', 'dbg', 'two'] },
  ]
  for (const { what, request = {}, environment = {}, on } of selections) {
    test(`loadProject() switches services on by ${what}`, () => {
      const { value } = loadMemory({ files: { 'compose.yaml': profiles }, request, environment })
      expect([...(value?.services.keys() ?? [])]).toEqual(on)
    })
  }

  const emptyProfiles =
    'services: {a: {image: x, profiles: [""]}, b: {image: x, profiles: ["", p]}, c: {image: x, profiles: [p]}, d: {image: x}, e: {image: x, profiles: ["${E-}"]}}\n'
  for (const { what, environment = {}, request = {}, on } of [
    { what: 'no profile', on: ['a', 'b', 'd', 'e'] },
    { what: '--profile p', request: { profiles: ['p'] }, on: ['b', 'c', 'd'] },
    { what: '"p,"', environment: { COMPOSE_PROFILES: 'p,' }, on: ['a', 'b', 'c', 'd', 'e'] },
    { what: '",p"', environment: { COMPOSE_PROFILES: ',p' }, on: ['a', 'b', 'c', 'd', 'e'] },
  ]) {
    test(`loadProject() switches services with an empty profile by ${what}`, () => {
      const { value } = loadMemory({ files: { 'compose.yaml': emptyProfiles }, environment, request })
      expect([...(value?.services.keys() ?? [])]).toEqual(on)
    })
  }

  test('loadProject() keeps the place of every value', () => {
    const { origins } = projectOf('services:\n  web:\n    image: x\n    volumes:\n      - ./a:/a\n')
    expect(origins.get('services.web.volumes.0')).toEqual({
      file: 'compose.yaml',
      line: 5,
      column: 9,
      endLine: 5,
      endColumn: 15,
    })
    expect(origins.get('services.web')).toMatchObject({ line: 2, column: 3 })
  })

  test('loadProject() follows anchors, aliases and merge keys', () => {
    const project = projectOf(
      'x-a: &a {init: true, restart: always}\nx-b: &b {init: false}\nservices:\n  web: {<<: [*a, *b], image: &i x}\n  two: {<<: *b, image: *i, init: true}\n',
    )
    expect(project.services.get('web')).toMatchObject({ init: true, restart: { kind: 'always' } })
    expect(project.services.get('two')).toMatchObject({ init: true, image: 'x' })
  })
})

describe('names with underscores, as docker-compose of version 1 made them', () => {
  const files = { 'compose.yaml': 'name: shop\nservices: {web: {build: .}}\n', Dockerfile: 'FROM scratch\n' }
  for (const { title, request, environment, image } of [
    { title: '--compatibility', request: { compatibility: true }, environment: {}, image: 'shop_web' },
    { title: 'COMPOSE_COMPATIBILITY=1', environment: { COMPOSE_COMPATIBILITY: '1' }, image: 'shop_web' },
    { title: 'COMPOSE_COMPATIBILITY=0', environment: { COMPOSE_COMPATIBILITY: '0' }, image: 'shop-web' },
  ]) {
    test(`${title} names the image ${image}`, () => {
      const { value } = loadMemory({ files, environment, ...(request && { request }) })
      expect(value?.services.get('web')?.image).toBe(image)
      expect(value?.nameSeparator ?? '-').toBe(image.at(4))
    })
  }
})
