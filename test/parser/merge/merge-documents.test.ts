import { describe, expect, test } from 'vitest'
import { nodeAt } from '../../../src/parser/document/node.ts'
import { plainValue } from '../../../src/parser/document/plain-value.ts'
import { loadMemoryDocument } from '../../support/memory-project.ts'

/** Returns what `path` of service `web` holds after `override` was laid over `base`. */
function merged(base: string, override: string, path: readonly (string | number)[]) {
  const file = (attributes: string) =>
    `services: {web: {image: x, ${attributes}}}\nvolumes: {a: , b: }\nnetworks: {n: , m: }\n`
  const { value, diagnostics } = loadMemoryDocument({
    files: { 'compose.yaml': file(base), 'compose.override.yaml': `services: {web: {${override}}}\n` },
  })
  expect(diagnostics).toEqual([])
  const node = nodeAt(value?.services.get('web'), path)
  return node === undefined ? undefined : plainValue(node)
}

describe('mergeDocuments()', () => {
  const table: readonly {
    readonly base: string
    readonly override: string
    readonly path: readonly (string | number)[]
    readonly value: unknown
  }[] = [
    { base: 'init: true', override: 'init: false', path: ['init'], value: false },
    { base: 'init: true', override: 'init: ', path: ['init'], value: true },
    { base: 'command: a b', override: 'command: [c]', path: ['command'], value: ['c'] },
    {
      base: 'healthcheck: {test: a, retries: 2}',
      override: 'healthcheck: {test: [NONE]}',
      path: ['healthcheck'],
      value: { test: ['NONE'], retries: 2 },
    },
    {
      base: 'environment: [A=1, B=2]',
      override: 'environment: {B: 3, C: 4}',
      path: ['environment'],
      value: { A: '1', B: '3', C: '4' },
    },
    { base: 'labels: {a: x}', override: 'labels: [b=y]', path: ['labels'], value: { a: 'x', b: 'y' } },
    {
      base: 'dns: 1.1.1.1',
      override: 'dns: [1.1.1.1, 2.2.2.2]',
      path: ['dns'],
      value: ['1.1.1.1', '2.2.2.2'],
    },
    {
      base: 'cap_add: [KILL]',
      override: 'cap_add: [KILL, CHOWN]',
      path: ['cap_add'],
      value: ['KILL', 'CHOWN'],
    },
    {
      base: 'security_opt: [label=a]',
      override: 'security_opt: [label=a]',
      path: ['security_opt'],
      value: ['label=a', 'label=a'],
    },
    {
      base: 'volumes: ["a:/x", "/y"]',
      override: 'volumes: ["b:/x"]',
      path: ['volumes', 0, 'source'],
      value: 'b',
    },
    {
      base: 'ports: ["80:80"]',
      override: 'ports: ["0.0.0.0:80:80"]',
      path: ['ports', 0, 'host_ip'],
      value: '0.0.0.0',
    },
    { base: 'ports: ["80:80"]', override: 'ports: ["81:80"]', path: ['ports', 1, 'published'], value: '81' },
    { base: 'expose: [1]', override: 'expose: ["1", 2]', path: ['expose'], value: ['1', '2'] },
    {
      base: 'networks: [n]',
      override: 'networks: {n: {priority: 1}, m: }',
      path: ['networks'],
      value: { n: { priority: 1 }, m: null },
    },
    {
      base: 'ulimits: {nofile: {soft: 1, hard: 2}}',
      override: 'ulimits: {nofile: 5}',
      path: ['ulimits'],
      value: { nofile: 5 },
    },
    {
      base: 'logging: {driver: a, options: {x: y}}',
      override: 'logging: {driver: b}',
      path: ['logging'],
      value: { driver: 'b' },
    },
    {
      base: 'logging: {driver: a, options: {x: y}}',
      override: 'logging: {options: {z: 1}}',
      path: ['logging'],
      value: { driver: 'a', options: { x: 'y', z: '1' } },
    },
    {
      base: 'build: .',
      override: 'build: {target: t}',
      path: ['build'],
      value: { context: '/project', target: 't', dockerfile: 'Dockerfile' },
    },
    {
      base: 'build: {target: t, args: {A: 1, B: 2}}',
      override: 'build: ./other',
      path: ['build'],
      value: { context: '/project/other', target: 't', args: { A: '1', B: '2' }, dockerfile: 'Dockerfile' },
    },
    {
      base: 'build: {args: [A=1, B=2], labels: {l: x}, additional_contexts: {c: ./x}}',
      override: 'build: {args: {B: 3, C: 4}, labels: [l=y, m=z], additional_contexts: [c=./y, d=./z]}',
      path: ['build'],
      value: {
        context: '/project',
        dockerfile: 'Dockerfile',
        args: { A: '1', B: '3', C: '4' },
        labels: { l: 'y', m: 'z' },
        additional_contexts: { c: '/project/y', d: '/project/z' },
      },
    },
    {
      base: 'build: {tags: [a, b], extra_hosts: [a=1.1.1.1], ssh: [default, k=./x]}',
      override: 'build: {tags: [b, c], extra_hosts: {a: 2.2.2.2}, ssh: [k=./y]}',
      path: ['build'],
      value: {
        context: '/project',
        dockerfile: 'Dockerfile',
        tags: ['a', 'b', 'c'],
        extra_hosts: ['a=1.1.1.1', 'a=2.2.2.2'],
        ssh: ['default', 'k=/project/y'],
      },
    },
    {
      base: 'build: {cache_from: [a], cache_to: [b], platforms: [linux/arm64], ulimits: {nofile: {soft: 1, hard: 2}}}',
      override: 'build: {cache_from: [a], cache_to: [c], platforms: [linux/amd64], ulimits: {nofile: 3}}',
      path: ['build'],
      value: {
        context: '/project',
        dockerfile: 'Dockerfile',
        cache_from: ['a', 'a'],
        cache_to: ['b', 'c'],
        platforms: ['linux/arm64', 'linux/amd64'],
        ulimits: { nofile: 3 },
      },
    },
    {
      base: 'build: {dockerfile_inline: FROM a}',
      override: 'build: {dockerfile_inline: !reset null, dockerfile: D}',
      path: ['build'],
      value: { context: '/project', dockerfile: 'D' },
    },
    { base: 'build: {target: t}', override: 'build: !reset null', path: ['build'], value: undefined },
    {
      base: 'build: {target: t}',
      override: 'build: !override {context: ./a}',
      path: ['build'],
      value: { context: '/project/a', dockerfile: 'Dockerfile' },
    },
    {
      base: 'extra_hosts: [a=1.1.1.1]',
      override: 'extra_hosts: {a: 2.2.2.2}',
      path: ['extra_hosts'],
      value: ['a=1.1.1.1', 'a=2.2.2.2'],
    },
    { base: 'ports: [80]', override: 'ports: !reset []', path: ['ports'], value: undefined },
    {
      base: 'environment: {A: 1, B: 2}',
      override: 'environment: {A: !reset null}',
      path: ['environment'],
      value: { B: '2' },
    },
    { base: 'cap_add: [KILL]', override: 'cap_add: !override [CHOWN]', path: ['cap_add'], value: ['CHOWN'] },
  ]
  for (const { base, override, path, value } of table) {
    const title = `lays ${JSON.stringify(override)} over ${JSON.stringify(base)}`
    test(title, () => {
      expect(merged(base, override, path)).toEqual(value)
    })
  }

  test('lays several documents of one file over each other', () => {
    const { value } = loadMemoryDocument({
      files: { 'compose.yaml': 'services: {web: {image: x}}\n---\nservices: {web: {image: y}}\n' },
    })
    expect(nodeAt(value?.services.get('web'), ['image'])).toMatchObject({ value: 'y', span: { line: 3 } })
  })

  test('keeps required keys for the whole of the files', () => {
    const { diagnostics } = loadMemoryDocument({
      files: {
        'compose.yaml':
          'services: {web: {image: x, depends_on: {db: {condition: service_healthy}}}, db: {image: x}}\n',
        'compose.override.yaml': 'services: {web: {depends_on: {db: {restart: true}}}}\n',
      },
    })
    expect(diagnostics).toEqual([])
  })
})
