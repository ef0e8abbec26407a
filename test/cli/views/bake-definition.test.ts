import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../src/base/absolute-path.ts'
import { parseBytes } from '../../../src/base/bytes.ts'
import { servicePath } from '../../../src/base/model-path.ts'
import { bakeDefinition } from '../../../src/cli/views/bake-definition.ts'
import { parsePlatform } from '../../../src/model/platform.ts'
import { anImageBuild } from '../../support/build-builders.ts'

const origin = servicePath('web')
const path = parseAbsolutePath('/srv/layout')

test('bakeDefinition() has the fields of docker compose build --print', () => {
  const build = anImageBuild('web.1', {
    context: { kind: 'git', url: 'https://host/repo.git#main' },
    args: new Map([['A', 'b ${c}']]),
    target: 'run',
    labels: new Map([['l', 'm']]),
    tags: ['other:1'],
    additionalContexts: new Map([
      ['folder', { kind: 'folder', path }],
      ['image', { kind: 'image', reference: 'node:22' }],
      ['layout', { kind: 'oci-layout', path, reference: 'v1' }],
      ['whole', { kind: 'oci-layout', path, reference: undefined }],
      ['service', { kind: 'service', service: 'web_1' }],
    ]),
    cacheFrom: [{ type: 'registry', options: new Map([['ref', 'host/cache']]), origin }],
    cacheTo: [{ type: 'local', options: new Map([['dest', '/c']]), origin }],
    noCache: true,
    noCacheFilter: ['run'],
    pull: true,
    network: 'host',
    shmSize: parseBytes('64m'),
    ulimits: new Map([['nofile', { soft: 1, hard: 2 }]]),
    extraHosts: [{ host: 'db', address: '10.0.0.1' }],
    entitlements: ['network.host'],
    secrets: [
      { id: 'f', source: { kind: 'file', path }, uid: undefined, gid: undefined, mode: undefined, origin },
      {
        ...{ id: 'e', source: { kind: 'environment', variable: 'TOKEN' }, origin },
        ...{ uid: undefined, gid: undefined, mode: undefined },
      },
    ],
    ssh: [
      { id: 'default', paths: [] },
      { id: 'git', paths: [parseAbsolutePath('/k1'), parseAbsolutePath('/k2')] },
    ],
    platforms: [parsePlatform('linux/amd64')],
  })
  const definition = bakeDefinition([build, anImageBuild('web_1')], { push: true })
  expect(definition.group).toEqual({ default: { targets: ['web_1', 'web_1_'] } })
  expect(definition.target['web_1']).toEqual({
    context: 'https://host/repo.git#main',
    contexts: {
      folder: '/srv/layout',
      image: 'docker-image://node:22',
      layout: 'oci-layout:///srv/layout:v1',
      whole: 'oci-layout:///srv/layout',
      service: 'target:web_1_',
    },
    dockerfile: 'Dockerfile',
    args: { A: 'b $${c}' },
    labels: { l: 'm' },
    tags: ['other:1', 'shop-web.1'],
    'cache-from': ['type=registry,ref=host/cache'],
    'cache-to': ['type=local,dest=/c'],
    target: 'run',
    secret: ['id=f,type=file,src=/srv/layout', 'id=e,type=env,env=TOKEN'],
    ssh: ['default', 'git=/k1,/k2'],
    platforms: ['linux/amd64'],
    pull: true,
    'no-cache': true,
    network: 'host',
    'no-cache-filter': ['run'],
    'shm-size': 67_108_864,
    ulimits: ['nofile=1:2'],
    entitlements: ['network.host'],
    'extra-hosts': { db: '10.0.0.1' },
    output: ['type=registry'],
  })
})
