import { expect, test } from 'vitest'
import { diagnosticsOf, serviceOf, webFile } from '../../support/memory-project.ts'
import { testAttribute, testRefused } from '../../support/test-attribute.ts'

testAttribute('volumes', s => s.mounts.map(({ origin, ...mount }) => mount), [
  { yaml: 'volumes: []', value: [] },
  {
    yaml: 'volumes: ["/c:/b", "/a:/b"]',
    value: [
      {
        kind: 'bind',
        readOnly: false,
        target: '/b',
        source: '/a',
        createHostPath: true,
        propagation: 'rprivate',
        recursive: true,
      },
    ],
  },
  {
    yaml: 'volumes: [/b]',
    value: [{ kind: 'volume', readOnly: false, target: '/b', volume: undefined, nocopy: false }],
  },
  {
    yaml: 'volumes: ["data:/b"]',
    value: [{ kind: 'volume', readOnly: false, target: '/b', volume: 'data', nocopy: false }],
    rest: 'volumes: {data: }\n',
  },
  {
    yaml: 'volumes: ["data:/b:ro,nocopy"]',
    value: [{ kind: 'volume', readOnly: true, target: '/b', volume: 'data', nocopy: true }],
    rest: 'volumes: {data: }\n',
  },
  {
    yaml: 'volumes: ["./a:/b"]',
    value: [
      {
        kind: 'bind',
        readOnly: false,
        target: '/b',
        source: '/project/a',
        createHostPath: true,
        propagation: 'rprivate',
        recursive: true,
      },
    ],
  },
  {
    yaml: 'volumes: ["../a:/b:rw"]',
    value: [
      {
        kind: 'bind',
        readOnly: false,
        target: '/b',
        source: '/a',
        createHostPath: true,
        propagation: 'rprivate',
        recursive: true,
      },
    ],
  },
  {
    yaml: 'volumes: ["/a:/b:rshared"]',
    value: [
      {
        kind: 'bind',
        readOnly: false,
        target: '/b',
        source: '/a',
        createHostPath: true,
        propagation: 'rshared',
        recursive: true,
      },
    ],
  },
  {
    yaml: 'volumes: ["~/a:/b:cached"]',
    value: [
      {
        kind: 'bind',
        readOnly: false,
        target: '/b',
        source: '/home/u/a',
        createHostPath: true,
        propagation: 'rprivate',
        recursive: true,
      },
    ],
    environment: { HOME: '/home/u' },
  },
  {
    yaml: 'volumes: [{type: bind, source: ./a, target: /b}]',
    value: [
      {
        kind: 'bind',
        readOnly: false,
        target: '/b',
        source: '/project/a',
        createHostPath: true,
        propagation: 'rprivate',
        recursive: true,
      },
    ],
  },
  {
    yaml: 'volumes: [{type: bind, source: ./a, target: /b, bind: {}}]',
    value: [
      {
        kind: 'bind',
        readOnly: false,
        target: '/b',
        source: '/project/a',
        createHostPath: true,
        propagation: 'rprivate',
        recursive: true,
      },
    ],
  },
  {
    yaml: 'volumes: [{type: bind, source: ./a, target: /b, read_only: "true", bind: {create_host_path: false, propagation: slave, recursive: disabled}}]',
    value: [
      {
        kind: 'bind',
        readOnly: true,
        target: '/b',
        source: '/project/a',
        createHostPath: false,
        propagation: 'slave',
        recursive: false,
      },
    ],
  },
  {
    yaml: 'volumes: [{type: volume, source: data, target: /b, volume: {nocopy: true, subpath: x}}]',
    value: [{ kind: 'volume', readOnly: false, target: '/b', volume: 'data', nocopy: true, subpath: 'x' }],
    rest: 'volumes: {data: }\n',
  },
  {
    yaml: 'volumes: [{type: volume, target: /b}]',
    value: [{ kind: 'volume', readOnly: false, target: '/b', volume: undefined, nocopy: false }],
  },
  {
    yaml: 'volumes: [{type: tmpfs, target: /b, tmpfs: {size: 64m, mode: 0700}}]',
    value: [{ kind: 'tmpfs', target: '/b', options: [], size: 67_108_864, mode: 0o700 }],
  },
  {
    yaml: 'volumes: [{type: tmpfs, target: /b, tmpfs: {size: 1024, mode: "1777"}}]',
    value: [{ kind: 'tmpfs', target: '/b', options: [], size: 1024, mode: 0o1777 }],
  },
  {
    yaml: 'volumes: [{type: image, source: "redis:7", target: /b, image: {subpath: etc}}]',
    value: [{ kind: 'image', image: 'redis:7', target: '/b', subpath: 'etc' }],
  },
  {
    yaml: 'volumes: [{type: image, source: "oci:./layout:tag", target: /b, read_only: false}]',
    value: [{ kind: 'image', image: 'oci:/project/layout:tag', target: '/b' }],
  },
  {
    yaml: 'volumes: [{type: tmpfs, target: /b, tmpfs: {mode: 0o755}}]',
    value: [{ kind: 'tmpfs', target: '/b', options: [], mode: 0o755 }],
  },
])

testRefused('volumes', [
  'volumes: [{type: tmpfs, target: /b, tmpfs: {mode: 0999}}]',
  'volumes: a',
  'volumes: ["data:/b"]',
  'volumes: ["a:b:c:d"]',
  'volumes: [":/b"]',
  'volumes: ["./a:b"]',
  'volumes: [{target: /b}]',
  'volumes: [{type: bnd, target: /b}]',
  'volumes: [{type: bind, target: /b}]',
  'volumes: [{type: image, target: /b}]',
  'volumes: [{type: image, source: x, target: /b, image: {subpath: ../a}}]',
  'volumes: [{type: image, source: x, target: /b, image: {subpath: /a}}]',
  'volumes: [{type: tmpfs, target: /b, tmpfs: {mode: "0999"}}]',
])

test('volumes warns of each mount option that means nothing, with its place', () => {
  const file = webFile('volumes: ["./a:/b:R0", "./c:/d:r,ro", "./e:/f:U", "./g:/h:cached,rw"]')
  const found = diagnosticsOf(file).map(({ severity, message, span, hint }) => ({
    severity,
    message,
    span,
    hint,
  }))
  const warning = (option: string) => ({
    severity: 'warning',
    message: `In "volumes" of service "web" mount option "${option}" is unknown, so it has no effect`,
  })
  expect(found).toMatchObject([
    { ...warning('R0'), span: { line: 4, column: 15 }, hint: 'did you mean "ro" or "rw"?' },
    { ...warning('r'), hint: 'did you mean "ro" or "rw"?' },
    { ...warning('U'), hint: 'Options are ro, rw, nocopy, z, Z and propagations such as rslave' },
  ])
})

for (const { options, readOnly } of [
  { options: 'ro,rw', readOnly: false },
  { options: 'rw,ro', readOnly: true },
]) {
  test(`volumes takes the last of ${options}`, () => {
    expect(serviceOf(`volumes: ["./a:/b:${options}"]`).mounts).toMatchObject([{ readOnly }])
  })
}

test('volumes makes the source of a bind in long form as in short form', () => {
  const long = serviceOf('volumes: [{type: bind, source: ./a, target: /b}]').mounts
  expect(long).toEqual(serviceOf('volumes: ["./a:/b"]').mounts)
})

test('loadProject() says of each mount where it is asked for, those of tmpfs too', () => {
  const { mounts } = serviceOf('tmpfs: [/run, "/tmp:size=1m"]\nvolumes: ["./a:/b", /c]')
  expect(mounts.map(({ target, origin }) => `${target} ${origin}`)).toEqual([
    '/b services.web.volumes.0',
    '/c services.web.volumes.1',
    '/run services.web.tmpfs.0',
    '/tmp services.web.tmpfs.1',
  ])
})
