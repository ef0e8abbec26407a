import fc from 'fast-check'

/** Values of attributes of a service; each is valid beside any other. */
const ATTRIBUTES: Readonly<Record<string, readonly unknown[]>> = {
  annotations: [['a=1', 'b'], { c: 2 }],
  attach: [false, 'true'],
  build: ['.', { context: './app', args: ['A=1', 'B'], target: 'x' }],
  cap_add: [['NET_ADMIN', 'SYS_TIME'], []],
  command: ['echo "$$HOME" yes', ['a b', '$$X', ''], [], '', null],
  container_name: ['one'],
  cpus: [1.5, '0.25'],
  depends_on: [
    ['db'],
    { db: { condition: 'service_healthy', restart: true } },
    { db: { condition: 'service_started', required: false } },
  ],
  devices: [['/dev/null:/dev/x'], [{ source: '/dev/zero', target: '/dev/y', permissions: 'r' }]],
  dns: ['1.1.1.1', ['1.1.1.1', '8.8.8.8']],
  entrypoint: ['/bin/sh -c', [], ['a']],
  environment: [['A=1', 'B', 'C='], { ON: 'yes', N: 1.5, E: null, D: '$$x', T: true }, {}],
  expose: [[80, '81/udp']],
  extra_hosts: [['b:1.2.3.4', 'a=::1', 'a=10.0.0.9'], { h: '10.0.0.1' }],
  healthcheck: [
    { test: 'curl -f x', interval: '90s', retries: 3 },
    { disable: true },
    { test: ['CMD', 'true'], start_period: '1h1s' },
  ],
  hostname: ['web'],
  init: [true, false, 'yes'],
  labels: [['l=1'], { m: 'on', '2': 3 }],
  logging: [{ driver: 'json-file', options: { 'max-size': '10m' } }],
  mem_limit: ['64m', 67108864],
  networks: [['back'], { back: null, front: { aliases: ['www'], priority: 3 } }, ['default']],
  pids_limit: [10],
  ports: [['8080:80', '127.0.0.1:9000-9001:9000-9001/udp', 53], [{ target: 80, published: 8081 }], []],
  privileged: [true, false],
  profiles: [[], ['p']],
  pull_policy: ['missing', 'if_not_present'],
  read_only: [true, false],
  restart: ['always', 'on-failure:3', 'no'],
  scale: [1],
  secrets: [['s'], [{ source: 's', target: 'x', mode: 0o440 }]],
  shm_size: ['1g'],
  stop_grace_period: ['90s', '1.5s'],
  stop_signal: ['SIGINT'],
  sysctls: [['net.core.somaxconn=1024'], { 'net.core.somaxconn': 1024 }],
  tmpfs: ['/run', ['/run', '/u:size=1m']],
  tty: [true, false],
  ulimits: [{ nproc: 5, nofile: { soft: 1, hard: 2 } }],
  user: ['1000', 'a:b'],
  volumes: [
    ['./a:/a:ro', 'data:/d', '/anon', '~/x:/x'],
    [{ type: 'tmpfs', target: '/t', tmpfs: { size: '1m', mode: 0o700 } }],
    [{ type: 'volume', source: 'data', target: '/e', volume: { nocopy: true } }],
  ],
  working_dir: ['/srv'],
  'x-note': [{ z: 1, b: ['$$y', null, 'no'] }],
}

/** Compose files without mistakes, as JSON texts, which are YAML too. Not everything in them is supported. */
export const arbitraryComposeText: fc.Arbitrary<string> = fc
  .record({
    web: arbitraryService(),
    worker: fc.option(arbitraryService(), { nil: undefined }),
    internal: fc.boolean(),
    labels: fc.constantFrom(undefined, { v: '1' }, ['w']),
  })
  .map(({ web, worker, internal, labels }) =>
    JSON.stringify({
      name: 'shop',
      services: {
        web: { image: `app:\${TAG:-v1}`, ...web },
        ...(worker === undefined ? {} : { worker: { image: 'app', ...worker, container_name: undefined } }),
        db: { image: 'db', healthcheck: { test: 'true' } },
      },
      networks: { front: { internal, ipam: { config: [{ subnet: '10.1.0.0/24' }] } }, back: null, spare: {} },
      volumes: { data: { labels }, spare: null },
      secrets: { s: { file: './s' }, spare: { environment: 'S' } },
      'x-top': { k: 1 },
    }),
  )

function arbitraryService(): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const keys = Object.keys(ATTRIBUTES)
  return fc
    .record({ chosen: fc.subarray(keys), picks: fc.array(fc.nat(5), { minLength: keys.length }) })
    .map(({ chosen, picks }) =>
      Object.fromEntries(
        chosen.map((key, index) => {
          const values = ATTRIBUTES[key] ?? []
          return [key, values[(picks[index] ?? 0) % values.length]]
        }),
      ),
    )
}
