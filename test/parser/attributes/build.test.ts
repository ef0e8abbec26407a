import type { BuildConfig } from '../../../src/model/build.ts'
import { testAttribute, testCanonical, testRefused } from '../../support/test-attribute.ts'

testCanonical('build', [
  { yaml: 'build: .', value: { context: '/project', dockerfile: 'Dockerfile' } },
  { yaml: 'build: {context: ./a, dockerfile: D}', value: { context: '/project/a', dockerfile: 'D' } },
  { yaml: 'build: {}', value: { context: '/project', dockerfile: 'Dockerfile' } },
  { yaml: 'build: {dockerfile_inline: FROM a}', value: { context: '/project', dockerfile_inline: 'FROM a' } },
  {
    yaml: 'build: {context: "https://example.org/a.git"}',
    value: { context: 'https://example.org/a.git', dockerfile: 'Dockerfile' },
  },
  {
    yaml: 'build: {args: [A=b], no_cache: "true"}',
    value: { context: '/project', dockerfile: 'Dockerfile', args: { A: 'b' }, no_cache: true },
  },
  {
    yaml: 'build: {ssh: {default: , key: ./id}}',
    value: { context: '/project', dockerfile: 'Dockerfile', ssh: ['default', 'key=/project/id'] },
  },
  {
    yaml: 'build: {ssh: [default]}',
    value: { context: '/project', dockerfile: 'Dockerfile', ssh: ['default'] },
  },
  {
    yaml: 'build: {args: {A: 1}}',
    value: { context: '/project', dockerfile: 'Dockerfile', args: { A: '1' } },
  },
  {
    yaml: 'build: {shm_size: 64m, ulimits: {nofile: 5}}',
    value: { context: '/project', dockerfile: 'Dockerfile', shm_size: '67108864', ulimits: { nofile: 5 } },
  },
  {
    yaml: 'build: {additional_contexts: {a: "oci-layout://./x:1", b: "docker-image://c", d: e}}',
    value: {
      context: '/project',
      dockerfile: 'Dockerfile',
      additional_contexts: { a: 'oci-layout:///project/x:1', b: 'docker-image://c', d: '/project/e' },
    },
  },
])

testAttribute('build.context', ({ build }) => build?.context, [
  { yaml: 'init: true', value: undefined },
  { yaml: 'build: .', value: { kind: 'folder', path: '/project' } },
  { yaml: 'build: {context: ./a/../b}', value: { kind: 'folder', path: '/project/b' } },
  { yaml: 'build: {target: x}', value: { kind: 'folder', path: '/project' } },
  { yaml: 'build: ~/a', environment: { HOME: '/root' }, value: { kind: 'folder', path: '/root/a' } },
  ...[
    'https://example.org/a.git',
    'https://example.org/a.git#main:sub',
    'git://example.org/a',
    'ssh://git@example.org/a',
    'git@example.org:a/b.git',
    'github.com/a/b',
  ].map(url => ({ yaml: `build: "${url}"`, value: { kind: 'git', url } })),
  ...['https://example.org/a.tar.gz', 'http://example.org/a.github', 'https://example.org/Dockerfile'].map(
    url => ({ yaml: `build: "${url}"`, value: { kind: 'url', url } }),
  ),
])

testAttribute('build.dockerfile', ({ build }) => build?.dockerfile, [
  { yaml: 'build: .', value: { kind: 'file', path: 'Dockerfile' } },
  { yaml: 'build: {dockerfile: ../D}', value: { kind: 'file', path: '../D' } },
  {
    yaml: 'build: {dockerfile_inline: FROM a}',
    value: {
      kind: 'inline',
      text: 'FROM a',
      origin: 'services.web.build.dockerfile_inline',
      span: { file: 'compose.yaml', line: 3, column: 32, endLine: 3, endColumn: 38 },
      lines: new Map([[1, { line: 3, column: 32 }]]),
    },
  },
])

const DIGEST = `sha256:${'a'.repeat(64)}`

testAttribute('build.additional_contexts', ({ build }) => [...(build?.additionalContexts ?? [])], [
  { yaml: 'build: .', value: [] },
  {
    yaml: 'build: {additional_contexts: {a: ./x, b: "docker-image://alpine:3", c: "service:db", d: "https://e.org/f.git"}}',
    rest: '  db: {build: .}\n',
    value: [
      ['a', { kind: 'folder', path: '/project/x' }],
      ['b', { kind: 'image', reference: 'alpine:3' }],
      ['c', { kind: 'service', service: 'db' }],
      ['d', { kind: 'git', url: 'https://e.org/f.git' }],
    ],
  },
  {
    yaml: `build: {additional_contexts: ["a=oci-layout://x", "b=oci-layout:///y:1", "c=oci-layout:///y@${DIGEST}"]}`,
    value: [
      ['a', { kind: 'oci-layout', path: '/project/x', reference: undefined }],
      ['b', { kind: 'oci-layout', path: '/y', reference: '1' }],
      ['c', { kind: 'oci-layout', path: '/y', reference: DIGEST }],
    ],
  },
])

testAttribute('build.args', ({ build }) => [...(build?.args ?? [])], [
  { yaml: 'build: .', value: [] },
  {
    yaml: 'build: {args: {A: 1, B: , C: "", D: true}}',
    environment: { B: 'b' },
    value: [
      ['A', '1'],
      ['B', 'b'],
      ['C', ''],
      ['D', 'true'],
    ],
  },
  {
    yaml: 'build: {args: [A=x=y, B, C=]}',
    value: [
      ['A', 'x=y'],
      ['C', ''],
    ],
  },
])

const caches = (list: BuildConfig['cacheFrom'] = []) =>
  list.map(({ type, options, origin }) => [type, Object.fromEntries(options), origin])

testAttribute('build.cache_from', ({ build }) => caches(build?.cacheFrom), [
  {
    yaml: 'build: {cache_from: ["app:cache", "type=local,src=./c", "type=gha", \'type=registry,"ref=a,b"\']}',
    value: [
      ['registry', { ref: 'app:cache' }, 'services.web.build.cache_from.0'],
      ['local', { src: '/project/c' }, 'services.web.build.cache_from.1'],
      ['registry', { ref: 'a,b' }, 'services.web.build.cache_from.3'],
    ],
  },
])

testAttribute('build.cache_to', ({ build }) => caches(build?.cacheTo), [
  {
    yaml: 'build: {cache_to: ["type=inline", "TYPE=local,dest=/c,mode=max"]}',
    value: [
      ['inline', {}, 'services.web.build.cache_to.0'],
      ['local', { dest: '/c', mode: 'max' }, 'services.web.build.cache_to.1'],
    ],
  },
])

testAttribute('build flags', ({ build }) => build && [build.noCache, build.pull, build.noCacheFilter], [
  { yaml: 'build: .', value: [false, false, []] },
  { yaml: 'build: {no_cache: yes, pull: "true", no_cache_filter: a}', value: [true, true, ['a']] },
  { yaml: 'build: {no_cache_filter: [a, b]}', value: [false, false, ['a', 'b']] },
])

testAttribute(
  'build names',
  ({ build }) => build && [build.target, [...build.labels], build.tags, build.platforms],
  [
    { yaml: 'build: .', value: [undefined, [], [], []] },
    { yaml: 'build: {target: ""}', value: [undefined, [], [], []] },
    {
      yaml: 'build: {target: t, labels: [a=1, b], tags: ["x:1", y], platforms: [linux/x86_64, arm64]}',
      value: [
        't',
        [
          ['a', '1'],
          ['b', ''],
        ],
        ['x:1', 'y'],
        ['linux/amd64', 'linux/arm64'],
      ],
    },
  ],
)

testAttribute(
  'build machine',
  ({ build }) => build && [build.network, build.shmSize, [...build.ulimits], build.extraHosts],
  [
    {
      yaml: 'build: {isolation: default, provenance: false, sbom: "false"}',
      value: ['default', undefined, [], []],
    },
    { yaml: 'build: {network: none, shm_size: 1k}', value: ['none', 1024, [], []] },
    {
      yaml: 'build: {ulimits: {nofile: 5, nproc: {soft: 1, hard: 2}}, extra_hosts: {a: 10.0.0.1, b: host-gateway}}',
      value: [
        'default',
        undefined,
        [
          ['nofile', { soft: 5, hard: 5 }],
          ['nproc', { soft: 1, hard: 2 }],
        ],
        [
          { host: 'a', address: '10.0.0.1' },
          { host: 'b', address: 'host-gateway' },
        ],
      ],
    },
  ],
)

testAttribute('build.entitlements', ({ build }) => build && [build.privileged, build.entitlements], [
  { yaml: 'build: .', value: [false, []] },
  { yaml: 'build: {privileged: true}', value: [true, ['security.insecure']] },
  { yaml: 'build: {network: host}', value: [false, ['network.host']] },
  {
    yaml: 'build: {entitlements: [security.insecure, network.host]}',
    value: [false, ['network.host', 'security.insecure']],
  },
])

const SECRETS = 'secrets: {a: {file: ./a.txt}, b: {environment: B, name: stored}}\n'

testAttribute('build.secrets', ({ build }) => build?.secrets, [
  { yaml: 'build: .', value: [] },
  {
    yaml: 'build: {secrets: [a, {source: b, target: c, uid: "7", gid: "8", mode: 0o440}]}',
    rest: SECRETS,
    value: [
      {
        id: 'a',
        source: { kind: 'file', path: '/project/a.txt' },
        uid: undefined,
        gid: undefined,
        mode: undefined,
        origin: 'services.web.build.secrets.0',
      },
      {
        id: 'c',
        source: { kind: 'environment', variable: 'B' },
        uid: 7,
        gid: 8,
        mode: 0o440,
        origin: 'services.web.build.secrets.1',
      },
    ],
  },
])

testAttribute('build.ssh', ({ build }) => build?.ssh, [
  {
    yaml: 'build: {ssh: [default, "a=~/.ssh/k", "b="]}',
    environment: { HOME: '/root' },
    value: [
      { id: 'default', paths: [] },
      { id: 'a', paths: ['/root/.ssh/k'] },
      { id: 'b', paths: [] },
    ],
  },
  { yaml: 'build: {ssh: {default: }}', value: [{ id: 'default', paths: [] }] },
])

testAttribute('the image of a build', ({ image }) => image, [
  { yaml: 'build: .', value: 'project-web' },
  { yaml: 'build: .\nimage: app:1', value: 'app:1' },
  { yaml: 'build: .\nimage: ""', value: 'project-web' },
])

testRefused('build', [
  'build: 1',
  'build: {dockerfile: a, dockerfile_inline: b}',
  'build: {args: a}',
  'build: {contxt: a}',
  'build: {network: back}',
  'build: {network: "service:db"}',
  'build: {isolation: hyperv}',
  'build: {provenance: true}',
  'build: {provenance: mode=max}',
  'build: {sbom: true}',
  'build: {entitlements: [device]}',
  'build: {platforms: [windows/amd64]}',
  'build: {platforms: ["a b"]}',
  'build: {no_cache: maybe}',
  'build: {shm_size: big}',
  'build: {ulimits: {nofile: many}}',
  'build: {extra_hosts: [a]}',
  'build: {secrets: [a]}\nsecrets: [a]',
])
