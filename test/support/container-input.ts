import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { parseDigest } from '../../src/base/digest.ts'
import { containerLayout } from '../../src/engine/local/state/layout.ts'
import type { ContainerSpec } from '../../src/model/container.ts'
import type { ImageConfig } from '../../src/model/image.ts'
import { type ContainerId, parseContainerId, parseProjectName } from '../../src/model/names.ts'
import type { Service } from '../../src/model/service.ts'
import type { ContainerInput } from '../../src/runtime/launch/container-input.ts'
import { aService } from './model-builders.ts'

export const CONTAINER_ID: ContainerId = parseContainerId('0123456789abcdef'.repeat(4))

/** Returns an image's configuration that says nothing. */
export function anImageConfig(): ImageConfig {
  return {
    entrypoint: [],
    command: [],
    environment: [],
    workingDir: '',
    user: '',
    volumes: [],
    exposedPorts: [],
    labels: new Map(),
    stopSignal: undefined,
    healthcheck: undefined,
  }
}

/** Returns the only replica of service `web`, which runs `/bin/app` but for `changes`. */
export function aContainerSpec(changes: Partial<Service> = {}): ContainerSpec {
  return {
    service: 'web',
    number: 1,
    name: 'shop-web-1',
    configHash: '0'.repeat(64),
    config: aService('web', { command: ['/bin/app'], ...changes }),
    networkNames: new Map(),
    volumeNames: new Map(),
    labels: new Map(),
  }
}

/** Returns what `compileContainer` takes, on a v2 host and as root, but for `changes`. */
export function aContainerInput(
  service: Partial<Service> = {},
  changes: Partial<ContainerInput> = {},
): ContainerInput {
  return {
    spec: aContainerSpec(service),
    image: {
      reference: 'rootfs:/',
      id: parseDigest(`sha256:${'0'.repeat(64)}`),
      config: anImageConfig(),
      layers: [parseAbsolutePath('/')],
    },
    id: CONTAINER_ID,
    layout: containerLayout({ data: '/data', run: '/run' }, parseProjectName('shop'), CONTAINER_ID),
    layersDir: '/data/layers',
    names: { hostname: '0123456789ab', domainname: undefined },
    account: { uid: 0, gid: 0, groups: [], home: '/root' },
    netns: '/run/netns/web',
    cgroup: { version: 2, folders: ['/cg/tcompose/abcdef/shop/0123456789ab'] },
    mounts: [],
    seccomp: new Uint8Array(8),
    host: {
      cgroups: { kind: 'v2', mountPoint: '/cg' },
      capabilities: (1n << 41n) - 1n,
      devices: [],
    },
    ...changes,
  }
}
