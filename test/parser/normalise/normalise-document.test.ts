import { describe, expect, test } from 'vitest'
import { nodeAt } from '../../../src/parser/document/node.ts'
import { plainValue } from '../../../src/parser/document/plain-value.ts'
import { loadMemoryDocument, webFile } from '../../support/memory-project.ts'

interface Case {
  readonly yaml: string
  readonly rest?: string
  readonly path: string
  readonly value: unknown
}

const db = '  db: {image: x}\n'
const onDb = { condition: 'service_started', required: true }

const cases: readonly Case[] = [
  {
    yaml: 'build: {target: t}',
    path: 'services.web.build',
    value: { target: 't', context: '/project', dockerfile: 'Dockerfile' },
  },
  {
    yaml: 'build: {dockerfile_inline: FROM x}',
    path: 'services.web.build',
    value: { dockerfile_inline: 'FROM x', context: '/project' },
  },
  {
    yaml: 'build: {args: [SET, GONE, A=1]}',
    path: 'services.web.build.args',
    value: { SET: 'value', A: '1' },
  },
  {
    yaml: 'build: {context: ./a, additional_contexts: {b: ./b, c: "docker-image://x", d: "service:web"}}',
    path: 'services.web.build.additional_contexts',
    value: { b: '/project/b', c: 'docker-image://x', d: 'service:web' },
  },
  { yaml: 'build: "https://host/x.git"', path: 'services.web.build.context', value: 'https://host/x.git' },
  {
    yaml: 'links: [db, "db:alias"]',
    rest: db,
    path: 'services.web.depends_on',
    value: { db: { ...onDb, restart: true } },
  },
  {
    yaml: 'links: [db]\ndepends_on: {db: {condition: service_healthy}}',
    rest: db,
    path: 'services.web.depends_on',
    value: { db: { condition: 'service_healthy', required: true } },
  },
  ...['network_mode', 'ipc', 'pid', 'uts'].map(key => ({
    yaml: `${key}: "service:db"`,
    rest: db,
    path: 'services.web.depends_on',
    value: { db: { ...onDb, restart: true } },
  })),
  {
    yaml: 'volumes_from: ["db:ro", "container:x"]',
    rest: db,
    path: 'services.web.depends_on',
    value: { db: onDb },
  },
  { yaml: 'pull_policy: if_not_present', path: 'services.web.pull_policy', value: 'missing' },
  { yaml: 'volumes: ["/a/../b:/c//d/"]', path: 'services.web.volumes.0.target', value: '/c/d' },
  { yaml: 'volumes: ["~/a:/b"]', path: 'services.web.volumes.0.source', value: '/home/me/a' },
  {
    yaml: 'volumes: [{type: bind, source: ., target: /b}]',
    path: 'services.web.volumes.0.source',
    value: '/project',
  },
  {
    yaml: 'pre_start: [{command: x}, {command: y, image: own}]',
    path: 'services.web.pre_start',
    value: [
      { command: ['x'], image: 'rootfs:/' },
      { command: ['y'], image: 'own' },
    ],
  },
  { yaml: 'gpus: all', path: 'services.web.gpus', value: [{ count: -1 }] },
  { yaml: 'gpus: [{driver: nvidia}]', path: 'services.web.gpus.0.count', value: -1 },
  { yaml: 'gpus: [{device_ids: ["1"]}]', path: 'services.web.gpus.0.count', value: undefined },
  {
    yaml: 'deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}',
    path: 'services.web.deploy.resources.reservations.devices.0.count',
    value: -1,
  },
  { yaml: 'dns: []', path: 'services.web.dns', value: undefined },
  {
    yaml: 'develop: {watch: [{path: ./src, action: rebuild}]}',
    path: 'services.web.develop.watch.0.path',
    value: '/project/src',
  },
  {
    yaml: 'secrets: [s]',
    rest: 'secrets: {s: {file: ./s.txt}}\n',
    path: 'services.web.secrets.0.target',
    value: '/run/secrets/s',
  },
  {
    yaml: 'secrets: [s]',
    rest: 'secrets: {s: {file: ./s.txt}}\n',
    path: 'secrets.s',
    value: { file: '/project/s.txt', name: 'project_s' },
  },
  {
    yaml: 'tty: true',
    rest: 'volumes: {v: {driver_opts: {type: none, o: "bind,ro", device: ./d}}}\n',
    path: 'volumes.v.driver_opts.device',
    value: '/project/d',
  },
  {
    yaml: 'tty: true',
    rest: 'volumes: {v: {driver_opts: {type: nfs, device: ./d}}}\n',
    path: 'volumes.v.driver_opts.device',
    value: './d',
  },
  {
    yaml: 'tty: true',
    rest: 'volumes: {v: {external: {name: old}}}\n',
    path: 'volumes.v',
    value: { external: true, name: 'old' },
  },
  { yaml: 'tty: true', rest: 'networks: {n: {external: true}}\n', path: 'networks.n.name', value: 'n' },
  { yaml: 'networks: {}', path: 'services.web.networks', value: { default: null } },
  { yaml: 'network_mode: none', path: 'networks', value: undefined },
  {
    yaml: 'label_file: [a.env, b.env]\nlabels: {c: own}',
    path: 'services.web.labels',
    value: { a: '1', b: '2', c: 'own' },
  },
  { yaml: 'label_file: a.env', path: 'services.web.label_file', value: undefined },
  {
    yaml: 'env_file: [{path: raw.env, format: raw}]',
    path: 'services.web.environment',
    value: { R: "'$x' # y" },
  },
]

describe('normaliseDocument()', () => {
  for (const { yaml, rest = '', path, value } of cases) {
    test(`makes of ${JSON.stringify(yaml + rest)} what ${path} is`, () => {
      const loaded = loadMemoryDocument({
        files: {
          'compose.yaml': webFile(yaml, rest),
          'a.env': 'a=1\nb=1\nc=1\n',
          'b.env': 'b=2\n',
          'raw.env': "R='$x' # y\n",
        },
        environment: { SET: 'value', HOME: '/home/me' },
        request: { leaveOut: ['consistency'] },
      })
      expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
      const node = nodeAt(loaded.value?.document, path.split('.'))
      expect(node === undefined ? undefined : plainValue(node)).toEqual(value)
    })
  }
})
